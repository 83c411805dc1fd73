using Multiproc.Nodes;
using Multiproc.Peers;
using Multiproc.Serialization;
using Multiproc.Transport.InMemory;

namespace Multiproc.TestKit;

/// <summary>A process that uses the objects of a <see cref="TestNode"/>, played by the process of the test. Its calls are messages, and it can die.</summary>
public sealed class TestPeer : IDisposable
{
    private static readonly TimeSpan s_helloBound = TimeSpan.FromSeconds(30);

    private readonly Node _here;
    private readonly Peer _atOwner;

    internal TestPeer(Node owner, string name)
    {
        _here = new Node { Name = name, HasListener = false };
        var (ofOwner, ofUser) = InMemoryLink.Pair();
        _atOwner = owner.Peers.Join(ofOwner);
        _atOwner.Start();
        var ownerHere = _here.Peers.Join(ofUser);
        ownerHere.Start();
        ownerHere.AwaitHello(s_helloBound);
        _atOwner.AwaitHello(s_helloBound);
    }

    /// <summary>Returns an object as this peer has it.</summary>
    /// <typeparam name="T">The type of the facade.</typeparam>
    /// <param name="facade">A facade of the object.</param>
    /// <returns>Another facade of the same object. Calls of it are this peer's.</returns>
    /// <exception cref="ObjectDisposedException">The facade was disposed.</exception>
    public T Use<T>(T facade)
        where T : SharedObject
    {
        ArgumentNullException.ThrowIfNull(facade);
        var packed = Serializer.Pack(facade);
        return ObjectHandle.ReadFor(_here, () => Serializer.Unpack<T>(packed));
    }

    /// <summary>
    /// Ends the peer as <c>kill -9</c> ends a process, and returns when the node knows: locks that it held are abandoned, items that it had and not
    /// acknowledged are back, its waits are over. Calls of its facades throw <see cref="ConnectionLostException"/>.
    /// </summary>
    public void Kill()
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _atOwner.Closed += (_, _) => gone.TrySetResult();
        _atOwner.Close();
        if (!_atOwner.IsLost)
        {
            gone.Task.Wait(s_helloBound);
        }
    }

    /// <summary>Ends the peer, as <see cref="Kill"/> does.</summary>
    public void Dispose() => Kill();
}
