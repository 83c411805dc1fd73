using Multiproc.States;

namespace Multiproc.Peers;

/// <summary>A command whose answer may hold something that must be let go of when nobody receives it.</summary>
internal interface IYieldingCommand : IWireCommand
{
    /// <summary>What to do with an answer that comes when its caller has given up; null when the node takes everything back by itself.</summary>
    Action<Reply>? ForLateAnswer(ObjectHandle from);
}

/// <summary>
/// Calls that were given up although their answers may bring something that only this process can let go of: a new object, a stream. Other answers that come
/// late are dropped, since the node takes back what they brought.
/// </summary>
internal sealed class LateAnswers
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

    /// <summary>False when this call is none of those.</summary>
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

    /// <summary>The process is gone, and what it would have answered with it.</summary>
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
