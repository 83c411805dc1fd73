namespace Multiproc.Tests.Pool;

/// <summary>One pool for the tests of a class that leave it as they found it.</summary>
public sealed class PoolFixture : IDisposable
{
    public const int Workers = 2;

    public ProcessPool Pool { get; } = Mp.Pool(Workers);

    public void Dispose() => Pool.Dispose();
}
