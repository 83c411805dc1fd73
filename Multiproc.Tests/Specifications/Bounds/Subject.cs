namespace Multiproc.Tests.Specifications.Bounds;

/// <summary>What a method is called on.</summary>
internal sealed class Subject(object? instance, string variant) : IDisposable
{
    public object? Instance => instance;

    /// <summary>What kind it is and where it lives, for messages.</summary>
    public string Variant => variant;

    /// <summary>Done on the thread that calls: locks belong to threads.</summary>
    public Action? Before { get; init; }

    /// <summary>Fails when the call has taken, sent or begun something.</summary>
    public Action? Untouched { get; init; }

    /// <summary>Arguments by the names of their parameters, where any would not do.</summary>
    public Dictionary<string, object?> Arguments { get; init; } = [];

    /// <summary>What has to go with it.</summary>
    public IDisposable?[] Owned { get; init; } = [];

    public override string ToString() => variant;

    public void Dispose()
    {
        foreach (var each in Owned)
        {
            each?.Dispose();
        }
    }
}
