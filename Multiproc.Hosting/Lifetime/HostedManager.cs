namespace Multiproc.Hosting.Lifetime;

/// <summary>A manager of a host.</summary>
internal sealed class HostedManager(string name, BaseManager manager)
{
    private readonly Lock _gate = new();
    private Task<int>? _question;

    public string Name => name;

    public BaseManager Manager => manager;

    /// <summary>
    /// Asks the server for the number of its objects. A server that does not answer costs one thread, however often it is asked: there is one question at a
    /// time, which all callers wait for.
    /// </summary>
    public Task<int> CountAsync(CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (_question is null or { IsCompleted: true })
            {
                _question = Task.Factory.StartNew(
                    () => manager.NumberOfObjects, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            }

            return _question.WaitAsync(cancellation);
        }
    }
}
