using Multiproc.Peers;

namespace Multiproc.Processes;

/// <summary>What a child is to do. A plain sendable object: it is written in the parent and run in the child.</summary>
internal abstract class ChildWork : Serialization.IEnvelopeOfWork
{
    /// <summary>The name that the process gets when it has none of its own: "Process" and a number.</summary>
    public virtual string NamePrefix => "Process";

    /// <summary>Whether the target has a token: then a request to end is left to it.</summary>
    public virtual bool TakesCancellation => false;

    public abstract void Run();

    /// <summary>Goes through what <see cref="Run"/> begins with, without an effect: in a warm process, which so has it behind it.</summary>
    public virtual void Rehearse(Peer parent)
    {
    }

    /// <summary>Waits for a target's task; its exception comes out as itself.</summary>
    protected static void Finish(Task task) => task.GetAwaiter().GetResult();
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

/// <summary>A subclass of <see cref="ChildProcess"/>: the object itself travels, its Run is the work.</summary>
internal sealed class SubclassWork(ChildProcess process) : ChildWork
{
    public override string NamePrefix => process.GetType().Name;

    public override void Run() => process.RunInChild();
}
