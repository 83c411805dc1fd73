namespace Multiproc.Processes;

/// <summary>
/// Calls from the library into the program's code for which nobody waits. What such code throws is told on stderr and ends there: not the program, not the other
/// handlers, and not what the library was about to do. See docs/user-code.md for all places.
/// </summary>
internal static class UserCode
{
    /// <summary>Runs it; what it throws is told as the failure of <paramref name="what"/>, which begins a sentence.</summary>
    public static void Run(string what, Action code)
    {
        try
        {
            code();
        }
        catch (Exception failure)
        {
            Tell(what, failure);
        }
    }

    /// <summary>Cancels on another thread: callbacks that the program has registered for the token may block or throw.</summary>
    public static void Cancel(CancellationTokenSource source, string what) => _ = CancelAsync(source, what);

    /// <summary>Cancels on this thread: all callbacks have run when it returns.</summary>
    public static void CancelNow(CancellationTokenSource source, string what)
    {
        try
        {
            source.Cancel();
        }
        catch (AggregateException failures)
        {
            Tell(what, failures);
        }
    }

    /// <summary>Tells a failure that nobody waits for.</summary>
    public static void Tell(string what, Exception failure) => StandardStreams.Complain($"{what} failed: {Text(failure)}");

    /// <summary>An exception as text, also when its own members throw.</summary>
    public static string Text(Exception failure)
    {
        try
        {
            return failure.ToString();
        }
        catch (Exception itself)
        {
            return $"{failure.GetType()} (its text cannot be had: {itself.GetType()} while it was asked for)";
        }
    }

    private static async Task CancelAsync(CancellationTokenSource source, string what)
    {
        try
        {
            await source.CancelAsync().ConfigureAwait(false);
        }
        catch (AggregateException failures)
        {
            Tell(what, failures);
        }
    }
}
