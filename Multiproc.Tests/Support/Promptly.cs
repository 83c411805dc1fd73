namespace Multiproc.Tests.Support;

/// <summary>Upper bounds of times that the library promises. A busy machine adds to them, since the threads of the test wait for a processor too.</summary>
internal static class Promptly
{
    private static readonly TimeSpan s_generous = TimeSpan.FromSeconds(30);

    /// <summary>Whether promised times are checked as they are; for runs of chosen tests on an idle machine.</summary>
    public static bool IsStrict { get; } = Environment.GetEnvironmentVariable("MULTIPROC_STRICT_BOUNDS") is not null;

    /// <summary>The promised time; half a minute unless <c>MULTIPROC_STRICT_BOUNDS</c> is set.</summary>
    public static TimeSpan Within(double seconds) => IsStrict ? TimeSpan.FromSeconds(seconds) : s_generous;
}
