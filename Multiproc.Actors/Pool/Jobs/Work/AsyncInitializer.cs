namespace Multiproc.Pool;

/// <summary>An initializer of workers that gives a task, in the form of one that does not.</summary>
internal sealed class AsyncInitializer(Func<Task> initializer)
{
    public void Run() => initializer().GetAwaiter().GetResult();
}
