using Multiproc.Kernel;

namespace Multiproc.TestKit;

/// <summary>Runs actors only when the test says so.</summary>
internal sealed class TestDispatcher : Dispatcher
{
    private readonly Lock _gate = new();
    private readonly Queue<ActorCell> _ready = new();

    public override void Schedule(ActorCell cell)
    {
        lock (_gate)
        {
            _ready.Enqueue(cell);
        }
    }

    /// <summary>Runs the actor that has waited longest. False when none waits.</summary>
    public bool RunOne()
    {
        ActorCell? next;
        lock (_gate)
        {
            if (!_ready.TryDequeue(out next))
            {
                return false;
            }
        }

        next.Run();
        return true;
    }

    /// <summary>Runs until no actor has anything to do.</summary>
    public void RunAll()
    {
        while (RunOne())
        {
        }
    }
}
