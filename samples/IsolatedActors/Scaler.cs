using Akka.Actor;
using Multiproc;

namespace IsolatedActors;

/// <summary>
/// Makes thumbnails, in a process of its own. A thumbnail is put away before it is acknowledged: so what was acknowledged is never lost, and what was not is
/// done again by the next actor.
/// </summary>
internal sealed class Scaler(SharedQueue<Thumbnail> finished, double crash) : UntypedActor
{
    protected override void OnReceive(object message)
    {
        var image = (Image)message;
        finished.Put(new Thumbnail(image.Number, NativeScaler.ChecksumOfThumbnail(image, Random.Shared.NextDouble() < crash)));
        Sender.Tell(image.Number);
    }
}
