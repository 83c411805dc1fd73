using Akka.Actor;
using Multiproc.Nodes;
using Multiproc.Transport;
using Multiproc.Transport.Tcp;

namespace Multiproc.Cluster.Nodes;

/// <summary>
/// The port of a node for what does not go through Akka's: calls of objects, and the work of pools. Opened when another node first asks for it. Only processes
/// that have the key of the cluster are let in, over TLS.
/// </summary>
/// <param name="options">The options of the node.</param>
/// <param name="address">Where the node is reached by Akka, for messages.</param>
internal sealed class NodePort(ClusterOptions options, string address) : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);

    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, (Action<ILink> Admit, Action<Exception>? Refused)> _services = [];
    private TcpLinkListener? _listener;
    private bool _ended;

    /// <summary>The number of the port, which is opened by the first question.</summary>
    /// <exception cref="IOException">The port cannot be used.</exception>
    /// <exception cref="ObjectDisposedException">This node is no longer in the cluster.</exception>
    public int Number
    {
        get
        {
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_ended, this);
                _listener ??= Listen();
                return _listener.Port;
            }
        }
    }

    /// <summary>Has the connections of a service handed over; all services are named before the node joins.</summary>
    /// <param name="service">The identity that the other side connects with.</param>
    /// <param name="admit">Takes a connection.</param>
    /// <param name="refused">Is told why a process was not let in; such a process has not said yet what it wants.</param>
    public void Serve(Guid service, Action<ILink> admit, Action<Exception>? refused = null)
    {
        lock (_gate)
        {
            _services.Add(service, (admit, refused));
        }
    }

    /// <summary>Connects to a service of another node.</summary>
    /// <param name="system">The actor system of this node.</param>
    /// <param name="node">The node, by its address in Akka.</param>
    /// <param name="service">What is wanted of it.</param>
    /// <param name="maxBacklog">The most bytes that may wait for a node that does not read; with more the connection is cut.</param>
    /// <exception cref="MultiprocException">It does not answer, or cannot be reached.</exception>
    public async Task<ILink> ConnectAsync(ActorSystem system, Address node, Guid service, long maxBacklog = long.MaxValue)
    {
        string there = ClusterView.HostAndPort(node);
        PortAnswer answer;
        try
        {
            answer = await system.ActorSelection(new RootActorPath(node) / "user" / PortActor.Name).Ask<PortAnswer>(PortQuestion.Instance, s_patience)
                .ConfigureAwait(false);
        }
        catch (AskTimeoutException late)
        {
            throw new ConnectionLostException($"{there} did not say within {s_patience.TotalSeconds} s at which port it is reached by nodes.", late);
        }

        if (answer.Problem.Length > 0)
        {
            throw new ConnectionLostException(answer.Problem);
        }

        // On a thread of its own: it waits for the network.
        return await Task.Factory.StartNew(
            () => TcpConnector.Connect(
                new RemoteEndpoint(TlsMode.AuthKey, node.Host, answer.Port), service, options.AuthKey.Span,
                new LinkSecurity(TlsOptions.FromAuthKey, options.AuthKey.Span), Node.Current.Connections, maxBacklog),
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
    }

    /// <summary>What this node answers to those who ask for its port.</summary>
    public PortAnswer Answer()
    {
        try
        {
            return new PortAnswer(Number, "");
        }
        catch (Exception unusable) when (unusable is IOException or ObjectDisposedException)
        {
            return new PortAnswer(0, $"{address} cannot be reached by nodes but through Akka: {unusable.Message}");
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _ended = true;
            _listener?.Dispose();
        }
    }

    private TcpLinkListener Listen()
    {
        var listener = new TcpLinkListener(
            options.Host, options.PoolPort, options.AuthKey, new LinkSecurity(TlsOptions.FromAuthKey, options.AuthKey.Span), Node.Current.Connections, Admit,
            maxBacklog: long.MaxValue);
        listener.Refused += reason =>
        {
            foreach (var (_, refused) in _services.Values)
            {
                refused?.Invoke(reason);
            }
        };
        return listener;
    }

    private void Admit(ILink link, Guid service)
    {
        if (_services.TryGetValue(service, out var wanted))
        {
            wanted.Admit(link);
        }
        else
        {
            // Of a newer version, which finds another way.
            link.Dispose();
        }
    }
}
