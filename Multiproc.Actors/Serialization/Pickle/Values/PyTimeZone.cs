namespace Multiproc;

/// <summary>Represents a <c>datetime.timezone</c> of Python: a fixed offset from UTC. Two time zones are equal if their offsets are.</summary>
public sealed class PyTimeZone : IEquatable<PyTimeZone>
{
    /// <summary>Initializes a time zone.</summary>
    /// <param name="offset">The offset from UTC: less than a day in either direction.</param>
    /// <param name="name">The name that Python shows; null (the default) shows the offset.</param>
    /// <exception cref="ArgumentOutOfRangeException">The offset is a day or more.</exception>
    public PyTimeZone(TimeSpan offset, string? name = null)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(offset, TimeSpan.FromDays(1));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(offset, TimeSpan.FromDays(-1));
        Offset = offset;
        Name = name;
    }

    /// <summary>Gets the time zone UTC.</summary>
    public static PyTimeZone Utc { get; } = new(TimeSpan.Zero);

    /// <summary>Gets the offset from UTC.</summary>
    public TimeSpan Offset { get; }

    /// <summary>Gets the name; null if it has none.</summary>
    public string? Name { get; }

    /// <inheritdoc/>
    public bool Equals(PyTimeZone? other) => other is not null && other.Offset == Offset;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PyTimeZone);

    /// <inheritdoc/>
    public override int GetHashCode() => Offset.GetHashCode();

    /// <summary>Returns the name, or the offset as Python writes it.</summary>
    public override string ToString() => Name ?? (Offset == TimeSpan.Zero ? "UTC" : $"UTC{(Offset < TimeSpan.Zero ? '-' : '+')}{Offset:hh\\:mm}");
}
