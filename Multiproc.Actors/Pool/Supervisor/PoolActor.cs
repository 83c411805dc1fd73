using Akka.Actor;

namespace Multiproc.Pool;

/// <summary>What a pool's actor needs of the supervisor.</summary>
internal interface IPoolSupervisor
{
    /// <summary>Performs an effect of the scheduling.</summary>
    void Perform(PoolEffect effect);

    /// <summary>Called when all effects of a step have been performed.</summary>
    void Performed();

    void On(PoolNotice notice);

    /// <summary>Breaks the pool after an internal error, so that no caller waits for ever.</summary>
    void Break(Exception failure);
}

/// <summary>The actor of the scheduling: handles one command at a time, then performs its effects. Never blocks: processes are started elsewhere.</summary>
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
            // If the pool went on, some result might be lost and its caller wait for ever. So it is broken, and all callers are told why.
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
