using Multiproc.Cluster.Sessions;
using Multiproc.States;

namespace Multiproc.Cluster.Gateways;

/// <summary>The shell of an <see cref="ErrandCore"/>.</summary>
internal sealed class Errand(SessionId session, string entity, bool deletes, Action<EntityEnvelope, string?> send)
{
    private readonly Lock _gate = new();
    private readonly GatewayEffects _effects = new();
    private readonly ErrandCore _core = new(session, deletes);
    private readonly TaskCompletionSource<(ToGateway.Seen Seen, string Address)> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Instant _now;

    /// <summary>What there was, and where.</summary>
    public Task<(ToGateway.Seen Seen, string Address)> Done => _done.Task;

    public void Begin(Instant now) => Do(now, () => _core.Begin(now, _effects), "");

    public void Receive(ToGateway message, string address)
    {
        if (message is ToGateway.Ended)
        {
            _done.TrySetException(new InvalidOperationException($"'{entity}' cannot be deleted by a node that cannot read it: update the node {address}."));
            return;
        }

        Do(_now, () => _core.Receive(message, _now, _effects), address);
    }

    public void Tick(Instant now) => Do(now, () => _core.Tick(now, _effects), "");

    public void End(string reason) => _done.TrySetException(new ConnectionLostException($"Asking '{entity}' in the cluster: {reason}"));

    private void Do(Instant now, Action happens, string address)
    {
        lock (_gate)
        {
            _now = now;
            happens();
            foreach (var message in _effects.Sends)
            {
                send(new EntityEnvelope(entity, message), null);
            }

            _effects.Clear();
            if (_core.IsDone)
            {
                _done.TrySetResult((_core.Seen!, address));
            }
        }
    }
}
