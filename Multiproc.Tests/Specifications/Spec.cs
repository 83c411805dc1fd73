namespace Multiproc.Tests.Specifications;

/// <summary>What holds of an object wherever it and its user are.</summary>
/// <typeparam name="THost">Where they are.</typeparam>
public abstract class Spec<THost> : IDisposable
    where THost : SpecHost, new()
{
    /// <summary>For waits that end by their own time: that end is what is tested.</summary>
    private protected static readonly TimeSpan s_short = TimeSpan.FromMilliseconds(30);

    private protected readonly THost _host = new();

    /// <inheritdoc/>
    public void Dispose()
    {
        _host.Dispose();
        GC.SuppressFinalize(this);
    }
}
