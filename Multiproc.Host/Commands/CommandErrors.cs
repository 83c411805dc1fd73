namespace Multiproc.Host.Commands;

/// <summary>Failures of commands, told in one line and by the exit code.</summary>
internal static class CommandErrors
{
    private const int Failed = 1;

    public static int Guarded(Func<int> command)
    {
        try
        {
            return command();
        }
        catch (Exception failure) when (failure is IOException or ArgumentException or UnauthorizedAccessException or MultiprocException or TimeoutException
            or BadImageFormatException or TypeInitializationException or System.Data.Common.DbException)
        {
            Console.Error.WriteLine($"multiproc-host: {(failure as TypeInitializationException)?.InnerException?.Message ?? failure.Message}");
            return Failed;
        }
    }
}
