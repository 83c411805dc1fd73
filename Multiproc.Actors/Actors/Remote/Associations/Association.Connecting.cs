using Akka.Event;
using Multiproc.Peers;
using Multiproc.SharedMemory;
using Multiproc.Transport;
using Multiproc.Transport.Tcp;

namespace Multiproc.Actors.Remote;

/// <content>Connecting to the process, and the end of connections.</content>
internal sealed partial class Association
{
    /// <summary>How long a process that runs may take until it listens.</summary>
    private static readonly TimeSpan s_longestBoot = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_bootPause = TimeSpan.FromMilliseconds(10);

    /// <summary>Whether the process is on this machine: then a connection that ends, or cannot be made, means that it has ended.</summary>
    private bool IsHere => RemoteEndpoint.TryParse(_node.Endpoint) is null;

    private void BeginConnecting_UnderGate()
    {
        if (!_isConnecting)
        {
            _isConnecting = true;
            OwnThread.Start(Connect, "multiproc actor link");
        }
    }

    private void Connect()
    {
        var boot = Deadline.In(s_longestBoot);
        using var never = new ManualResetEventSlim();
        while (true)
        {
            try
            {
                SendWaiting(_remoting.Node.Reach(_node));
                return;
            }
            catch (MultiprocTimeoutException) when (IsHere)
            {
                // A stopped process is not dead: its messages wait until it goes on, or ends.
            }
            catch (ConnectionLostException lost) when (IsHere && !lost.IsFinal && !boot.HasPassed && RuntimeFolder.IsRunning(_node.Pid))
            {
                // A reference may come by way of a third process before the process of the actor, whose system still starts, listens.
                never.Wait(s_bootPause);
            }
            catch (Exception gone) when (gone is MultiprocException or MultiprocTimeoutException)
            {
                GiveUp(gone);
                return;
            }
        }
    }

    /// <exception cref="ConnectionLostException">The process has ended.</exception>
    private void SendWaiting(Peer peer)
    {
        lock (_gate)
        {
            var link = LinkOf_UnderGate(peer);
            try
            {
                using (Reactor.EnterHandler())
                {
                    foreach (var waiting in _waiting)
                    {
                        if (waiting.HoldsReferences)
                        {
                            link.KeepUntilReceived(waiting.Frame, waiting.Outgoing.Message);
                        }

                        peer.Send(waiting.Frame);
                    }

                    _unanswered.ForEach(number => SendOwn(link, ActorFrame.Passed, number));
                }
            }
            catch (ConnectionLostException)
            {
                _links.Remove(peer);
                throw;
            }

            ClearWaiting_UnderGate();
            _open = link;
            _isConnecting = false;
        }

        if (peer.IsLost)
        {
            // It may have ended before it had an entry here, and then nobody was told.
            OnClosed(peer);
        }
    }

    private void GiveUp(Exception reason)
    {
        _remoting.Log.Debug("No connection to {0}: {1}", this, reason.Message);
        Waiting[] lost;
        lock (_gate)
        {
            lost = [.. _waiting];
            ClearWaiting_UnderGate();
            _isConnecting = false;
            _notBefore = IsHere ? Deadline.Never : Deadline.In(s_pause);
        }

        TellDeath();
        foreach (var waiting in lost)
        {
            Drop(waiting.Outgoing, waiting.Consigned);
        }
    }

    private void ClearWaiting_UnderGate()
    {
        _waiting.Clear();
        _unanswered.Clear();
        _waitingBytes = 0;
    }

    /// <summary>The link to the process, if there is one already: children and parents are linked from the beginning. Null where it must be made.</summary>
    private ActorLink? Open()
    {
        if (_open is { } open)
        {
            return open;
        }

        if (_remoting.Node.Peers.Known(_node) is not { } peer)
        {
            return null;
        }

        lock (_gate)
        {
            if (_isConnecting)
            {
                return null;
            }

            _open ??= LinkOf_UnderGate(peer);
        }

        if (peer.IsLost)
        {
            OnClosed(peer);
        }

        return _open;
    }

    private ActorLink LinkOf(Peer peer)
    {
        ActorLink link;
        lock (_gate)
        {
            link = LinkOf_UnderGate(peer);
            if (!_isConnecting)
            {
                _open ??= link;
            }
        }

        return link;
    }

    private ActorLink LinkOf_UnderGate(Peer peer)
    {
        if (!_links.TryGetValue(peer, out var link))
        {
            _links.Add(peer, link = new ActorLink(peer));
        }

        return link;
    }

    /// <summary>After the last message of a link.</summary>
    private void OnLinkEnded(ActorLink link)
    {
        link.OnClosed();
        PassAllBarriers();
        _remoting.Units?.OnClosed(link.Peer);
        lock (_gate)
        {
            if (_links.Count > 0 || _isConnecting)
            {
                return;
            }

            _notBefore = link.Peer.SharesMachine ? Deadline.Never : Deadline.In(s_pause);
        }

        TellDeath();
    }

    /// <summary>Tells the watchers of all actors of the process, by each of the addresses under which they know it.</summary>
    private void TellDeath()
    {
        foreach (var address in _addresses.Keys)
        {
            _remoting.TellDeath(address);
        }
    }
}
