using System.Globalization;

namespace Multiproc.Processes;

/// <summary>
/// Calls the program's code where nobody waits for the result. An exception is written to stderr and goes no further: neither the program, nor other handlers,
/// nor the library's own work is affected. docs/user-code.md lists all such places.
/// </summary>
internal static class UserCode
{
    /// <summary>Runs code of the program and reports an exception as the failure of <paramref name="what"/>, which begins a sentence.</summary>
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

    /// <summary>Cancels a token on another thread, since callbacks that the program has registered may block or throw.</summary>
    public static void Cancel(CancellationTokenSource source, string what) => _ = CancelAsync(source, what);

    /// <summary>Cancels a token on this thread; all its callbacks have run when this returns.</summary>
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

    /// <summary>Reports a failure that nobody waits for on stderr.</summary>
    public static void Tell(string what, Exception failure) => StandardStreams.Complain($"{what} failed: {Text(failure)}");

    /// <summary>Formats an exception, even if its own members throw.</summary>
    public static string Text(Exception failure)
    {
        try
        {
            return failure.ToString();
        }
        catch (Exception itself)
        {
            return $"{failure.GetType()} (its text is not available: {itself.GetType()} was thrown while formatting it)";
        }
    }

    /// <summary>Formats a value, even if its own ToString throws.</summary>
    public static string Text(object value)
    {
        try
        {
            return Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
        }
        catch (Exception itself)
        {
            return $"{value.GetType()} (its text is not available: {itself.GetType()} was thrown while formatting it)";
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
