using Multiproc.Managers;
using Multiproc.Nodes;
using Multiproc.Peers;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.TestKit;

/// <summary>
/// A node of its own in the process of the test: the objects of a process, without the process, by a clock that the test moves. What users of the objects see
/// in other processes is shown by peers, which join and die at once.
/// </summary>
/// <remarks>
/// The clock is that of the objects: it decides when a wait for one of them times out, and when a lease ends. A caller also keeps its own bound, by the
/// system's clock, so give timeouts that the test will not reach in real time.
/// </remarks>
/// <example>
/// <code>
/// using var node = new TestNode();
/// var jobs = node.Objects.JoinableQueue&lt;string&gt;();
/// using var worker = node.Join();
/// jobs.Put("the job");
/// worker.Use(jobs).Get();                         // the worker has it, and has not said that it is done
/// worker.Kill();
/// Assert.Equal("the job", jobs.Get());            // so it is there again
///
/// var get = jobs.GetAsync(TimeSpan.FromMinutes(5));
/// node.Probe(jobs).ExpectWaiters(1);
/// node.Time.Advance(TimeSpan.FromMinutes(5));     // get ends with QueueEmptyException, now
/// </code>
/// </example>
public sealed class TestNode : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<TestPeer> _peers = [];

    /// <summary>Creates a node without objects and peers.</summary>
    /// <param name="name">Its name in the error texts of peers.</param>
    public TestNode(string name = "the test's node")
    {
        Node = new Node(Time) { Name = name, HasListener = false };
        Objects = new ObjectFactory(Create);
    }

    /// <summary>The clock of the objects. It stands still until it is advanced.</summary>
    public ManualTimeProvider Time { get; } = new();

    /// <summary>Creates objects that live in this node, with their facades as the node's own process has them.</summary>
    public IObjectSpace Objects { get; }

    internal Node Node { get; }

    /// <summary>Connects a peer, as a process connects that was given one of the objects.</summary>
    /// <param name="name">Its name in error texts.</param>
    /// <returns>The peer. The node disposes of it.</returns>
    public TestPeer Join(string name = "a peer")
    {
        var peer = new TestPeer(Node, name);
        lock (_gate)
        {
            _peers.Add(peer);
        }

        return peer;
    }

    /// <summary>Looks into an object.</summary>
    /// <param name="facade">The object's facade in this node or in one of its peers.</param>
    /// <returns>A probe.</returns>
    /// <exception cref="ArgumentException">The object lives elsewhere, or has ended.</exception>
    public ObjectProbe Probe(SharedObject facade)
    {
        ArgumentNullException.ThrowIfNull(facade);
        var probe = new ObjectProbe(Node, facade);
        return probe.Exists ? probe : throw new ArgumentException($"{facade.Identity} does not live in this node, or has ended.", nameof(facade));
    }

    /// <summary>
    /// Ends the peers and the node's actors. Calls that wait end with <see cref="ObjectDisposedException"/> or with the loss of the connection.
    /// </summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _peers.ForEach(static peer => peer.Dispose());
            _peers.Clear();
        }

        foreach (var (id, _) in Node.Objects.AllByNumber())
        {
            Node.Remove(id);
        }

        if (Node.Actors.IsRunning)
        {
            Node.Actors.System.Terminate().Wait();
        }
    }

    private ObjectHandle Create(ObjectType type, Payload options)
    {
        long id = Node.Create(type, options, out var cell);
        return new ObjectHandle(Node, id, cell);
    }
}
