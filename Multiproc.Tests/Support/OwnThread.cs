namespace Multiproc.Tests.Support;

/// <summary>Runs what blocks beside a test on a thread of its own: the pool's threads are few here, and timers need them.</summary>
internal static class OwnThread
{
    public static Task Run(Action body) => Task.Factory.StartNew(body, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
