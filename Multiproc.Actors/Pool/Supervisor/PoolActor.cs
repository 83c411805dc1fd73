using Akka.Actor;

namespace Multiproc.Pool;

/// <summary>What a pool's actor works for.</summary>
internal interface IPoolSupervisor
{
    /// <summary>Does what the scheduling wants.</summary>
    void Perform(PoolEffect effect);

    /// <summary>All that a step wanted is done.</summary>
    void Performed();

    void On(PoolNotice notice);

    /// <summary>Something went wrong in the pool itself, which must not leave anybody waiting.</summary>
    void Break(Exception failure);
}

/// <summary>The shell of the scheduling: one command at a time, then its effects. Never blocks: processes are started elsewhere.</summary>
internal sealed class PoolActor(PoolState state, IPoolSupervisor supervisor) : UntypedActor
{
    private readonly List<PoolEffect> _effects = [];

    protected override void OnReceive(object message)
    {
        try
        {
            switch (message)
            {
                case PoolCommand command:
                    Obey(command);
                    break;
                case PoolNotice notice:
                    supervisor.On(notice);
                    break;
                default:
                    Unhandled(message);
                    break;
            }
        }
        catch (Exception failure)
        {
            // A pool that went on would have lost something, and somebody would wait for it: it is broken, and whoever waits is told why.
            _effects.Clear();
            supervisor.Break(failure);
        }
    }

    private void Obey(PoolCommand command)
    {
        state.Step(command, _effects);
        foreach (var effect in _effects)
        {
            supervisor.Perform(effect);
        }

        _effects.Clear();
        supervisor.Performed();
    }
}
