using Multiproc.States;

namespace Multiproc.Peers;

/// <summary>A command whose reply may contain something that must be released when nobody receives it.</summary>
internal interface IYieldingCommand : IWireCommand
{
    /// <summary>Handles a reply that comes after its caller has given up; null when the node takes everything back by itself.</summary>
    Action<Reply>? ForLateReply(ObjectHandle from);
}

/// <summary>
/// Calls that were given up although their replies may bring something that only this process can release: a new object, a stream. Other late replies are
/// dropped, since the node takes back what they brought.
/// </summary>
internal sealed class LateReplies
{
    private readonly Lock _gate = new();
    private readonly Dictionary<long, Expected> _expected = [];

    public void Expect(long call, Peer from, Action<Reply> receive)
    {
        lock (_gate)
        {
            _expected[call] = new Expected(from, receive);
        }
    }

    /// <summary>Handles a late reply; false when the call is not one of these.</summary>
    public bool TryReceive(long call, in Reply reply)
    {
        Expected expected;
        lock (_gate)
        {
            if (!_expected.Remove(call, out expected))
            {
                return false;
            }
        }

        expected.Receive(reply);
        return true;
    }

    public void Forget(long call)
    {
        lock (_gate)
        {
            _expected.Remove(call);
        }
    }

    /// <summary>Forgets the calls to a process that is gone: its replies will never come.</summary>
    public void Forget(Peer peer)
    {
        lock (_gate)
        {
            foreach (var (call, expected) in _expected)
            {
                if (ReferenceEquals(expected.From, peer))
                {
                    _expected.Remove(call);
                }
            }
        }
    }

    private readonly record struct Expected(Peer From, Action<Reply> Receive);
}
