using Multiproc.Peers;

namespace Multiproc.Processes;

/// <summary>The work of a child: a plain object that is serialized in the parent and run in the child.</summary>
internal abstract class ChildWork : Serialization.IEnvelopeOfWork
{
    /// <summary>The prefix of the default name of the process; a number follows it.</summary>
    public virtual string NamePrefix => "Process";

    /// <summary>Whether the target takes a token and so handles a request to end itself.</summary>
    public virtual bool TakesCancellation => false;

    public abstract void Run();

    /// <summary>
    /// Goes through the first steps of <see cref="Run"/> without an effect, so that a warm process has loaded and compiled them before its real work.
    /// </summary>
    public virtual void Rehearse(Peer parent)
    {
    }

    /// <summary>Waits for a target's task and rethrows its exception unwrapped.</summary>
    protected static void Finish(Task task) => task.GetAwaiter().GetResult();
}

/// <summary>Work that another process has serialized, and that this one passes on without reading it.</summary>
internal sealed class PackedWork(Serialization.Payload packed, string namePrefix) : ChildWork
{
    public Serialization.Payload Packed => packed;

    public override string NamePrefix => namePrefix;

    public override void Run() => throw new InvalidOperationException("Packed work is unpacked before it runs.");
}

internal sealed class ActionWork(Action target) : ChildWork
{
    public override void Run() => target();
}

internal sealed class ActionWork<T1>(Action<T1> target, T1 arg1) : ChildWork
{
    public override void Run() => target(arg1);
}

internal sealed class ActionWork<T1, T2>(Action<T1, T2> target, T1 arg1, T2 arg2) : ChildWork
{
    public override void Run() => target(arg1, arg2);
}

internal sealed class ActionWork<T1, T2, T3>(Action<T1, T2, T3> target, T1 arg1, T2 arg2, T3 arg3) : ChildWork
{
    public override void Run() => target(arg1, arg2, arg3);
}

internal sealed class ActionWork<T1, T2, T3, T4>(Action<T1, T2, T3, T4> target, T1 arg1, T2 arg2, T3 arg3, T4 arg4) : ChildWork
{
    public override void Run() => target(arg1, arg2, arg3, arg4);
}

internal sealed class TaskWork(Func<Task> target) : ChildWork
{
    public override void Run() => Finish(target());
}

internal sealed class TaskWork<T1>(Func<T1, Task> target, T1 arg1) : ChildWork
{
    public override void Run() => Finish(target(arg1));
}

internal sealed class TaskWork<T1, T2>(Func<T1, T2, Task> target, T1 arg1, T2 arg2) : ChildWork
{
    public override void Run() => Finish(target(arg1, arg2));
}

internal sealed class TaskWork<T1, T2, T3>(Func<T1, T2, T3, Task> target, T1 arg1, T2 arg2, T3 arg3) : ChildWork
{
    public override void Run() => Finish(target(arg1, arg2, arg3));
}

internal sealed class TaskWork<T1, T2, T3, T4>(Func<T1, T2, T3, T4, Task> target, T1 arg1, T2 arg2, T3 arg3, T4 arg4) : ChildWork
{
    public override void Run() => Finish(target(arg1, arg2, arg3, arg4));
}

/// <summary>The work of a class derived from <see cref="ChildProcess"/>: the object itself is sent, and its Run is called.</summary>
internal sealed class SubclassWork(ChildProcess process) : ChildWork
{
    public override string NamePrefix => process.GetType().Name;

    public override void Run() => process.RunInChild();
}
