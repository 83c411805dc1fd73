using Multiproc.Cluster.Sessions;
using Multiproc.States;

namespace Multiproc.Cluster.Gateways;

/// <summary>
/// Asks an object what it is and, if that is wanted, deletes it: the one that was seen, never one that comes after it. Asks again until there is an answer.
/// Pure, as <see cref="GatewayCore"/>.
/// </summary>
internal sealed class ErrandCore(SessionId session, bool deletes)
{
    private ToEntity? _message;
    private Instant _sent;

    /// <summary>What was seen first; null before.</summary>
    public ToGateway.Seen? Seen { get; private set; }

    public bool IsDone { get; private set; }

    public void Begin(Instant now, GatewayEffects effects) => Send(new ToEntity.Look(session), now, effects);

    public void Receive(ToGateway message, Instant now, GatewayEffects effects)
    {
        switch (message)
        {
            case ToGateway.Seen seen when Seen is null:
                Seen = seen;
                if (deletes && seen.Spec is not null)
                {
                    Send(new ToEntity.Delete(session, seen.Incarnation), now, effects);
                }
                else
                {
                    IsDone = true;
                }

                break;
            case ToGateway.Deleted when Seen is not null:
                IsDone = true;
                break;
        }
    }

    public void Tick(Instant now, GatewayEffects effects)
    {
        if (!IsDone && _message is { } message && now.Ticks - _sent.Ticks >= GatewayCore.ResendAfter)
        {
            Send(message, now, effects);
        }
    }

    private void Send(ToEntity message, Instant now, GatewayEffects effects)
    {
        (_message, _sent) = (message, now);
        effects.Sends.Add(message);
    }
}
