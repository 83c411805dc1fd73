namespace Multiproc.Processes.Views;

/// <summary>
/// A look that blocks a thread: while one runs, whoever asks gets its result. So a look that does not come to an end costs one thread, however often it is
/// asked for.
/// </summary>
internal sealed class OneAtATime<T>(Func<T> look)
{
    private readonly Lock _gate = new();
    private Task<T>? _running;

    public Task<T> RunAsync()
    {
        lock (_gate)
        {
            return _running is { IsCompleted: false } running ? running : _running = Task.Run(look);
        }
    }
}
