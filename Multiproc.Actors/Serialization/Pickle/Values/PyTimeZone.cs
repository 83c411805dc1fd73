namespace Multiproc;

/// <summary>A <c>datetime.timezone</c> of Python: a fixed offset from UTC. As in Python, two are equal when their offsets are.</summary>
public sealed class PyTimeZone : IEquatable<PyTimeZone>
{
    /// <summary>Makes a time zone.</summary>
    /// <param name="offset">What is added to UTC: less than a day, either way.</param>
    /// <param name="name">What Python shows for it; null for the offset itself.</param>
    /// <exception cref="ArgumentOutOfRangeException">The offset is a day or more.</exception>
    public PyTimeZone(TimeSpan offset, string? name = null)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(offset, TimeSpan.FromDays(1));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(offset, TimeSpan.FromDays(-1));
        Offset = offset;
        Name = name;
    }

    /// <summary>UTC itself.</summary>
    public static PyTimeZone Utc { get; } = new(TimeSpan.Zero);

    /// <summary>What is added to UTC.</summary>
    public TimeSpan Offset { get; }

    /// <summary>Its name, if it has one.</summary>
    public string? Name { get; }

    /// <inheritdoc/>
    public bool Equals(PyTimeZone? other) => other is not null && other.Offset == Offset;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PyTimeZone);

    /// <inheritdoc/>
    public override int GetHashCode() => Offset.GetHashCode();

    /// <summary>The name, or the offset as Python writes it.</summary>
    public override string ToString() => Name ?? (Offset == TimeSpan.Zero ? "UTC" : $"UTC{(Offset < TimeSpan.Zero ? '-' : '+')}{Offset:hh\\:mm}");
}
