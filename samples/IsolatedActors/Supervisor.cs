using Akka.Actor;
using Multiproc;

namespace IsolatedActors;

/// <summary>Keeps one scaler running: when its process has crashed, another one takes its place at the queue.</summary>
internal sealed class Supervisor(SharedJoinableQueue<Image> images, SharedQueue<Thumbnail> finished, double crash, Action crashed) : UntypedActor
{
    private readonly CancellationTokenSource _end = new();

    protected override void PreStart() => StartScaler();

    protected override void PostStop() => _end.Cancel();

    protected override void OnReceive(object message)
    {
        if (message is Terminated)
        {
            crashed();
            StartScaler();
        }
    }

    private void StartScaler()
    {
        var scaler = Mp.ActorOf(Props.Create<Scaler>(finished, crash));
        Context.Watch(scaler);

        // The pipe ends with the scaler; an image that it did not acknowledge goes back into the queue.
        _ = images.PipeTo(scaler, new ActorPipeOptions { Acknowledged = true, Unacknowledged = 4 }, _end.Token);
    }
}
