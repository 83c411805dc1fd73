using Akka.Actor;

namespace Multiproc.Benchmarks.Actors;

/// <summary>Asks how many messages came.</summary>
internal sealed record HowMany;

/// <summary>Returns what it is sent, except texts that are only counted and large arrays, of which it returns the length.</summary>
internal sealed class EchoActor : UntypedActor
{
    /// <summary>The length of texts that are not answered.</summary>
    public const int Told = 64;

    private int _count;

    protected override void OnReceive(object message)
    {
        _count++;
        switch (message)
        {
            case string { Length: Told }:
                break;
            case byte[] bytes:
                Sender.Tell(bytes.Length);
                break;
            case HowMany:
                Sender.Tell(_count);
                _count = 0;
                break;
            default:
                Sender.Tell(message);
                break;
        }
    }
}
