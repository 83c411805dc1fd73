using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Multiproc.Nodes;
using Multiproc.Processes.Logging;
using Multiproc.Python.Referents;
using Multiproc.Python.Values;
using Multiproc.Serialization;
using Multiproc.Transport;
using Multiproc.Transport.Linux;

namespace Multiproc.Python.Server;

/// <summary>
/// The connection of one thread of a Python program: its calls of objects, one after the other. A thread here serves it, so that it may wait, and so that an
/// RLock belongs to that thread of Python.
/// </summary>
internal sealed class Channel : IClient
{
    private const int FirstSweep = 64;

    private readonly Connection _connection;
    private readonly MessageFormat _format;
    private readonly Idents _idents;
    private readonly ClientProcess? _process;
    private readonly ProxyPickles _proxies;
    private readonly int _guest;
    private readonly CancellationToken _stopping;
    private readonly CancellationTokenSource _gone;
    private readonly Lock _goneGate = new();
    private readonly Dictionary<string, (Entry Entry, Referent Referent)> _opened = new(StringComparer.Ordinal);
    private readonly List<SharedObject> _sent = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Tuple<Action, Action>? _unread;
    private TaskCompletionSource? _joinedOthers;
    private bool _isParty;
    private bool _isOver;
    private int _sweepAt = FirstSweep;

    public Channel(Connection connection, ServerFunctions functions, ClientProcess? process, object address, CancellationToken stopping)
    {
        _connection = connection;
        _format = functions.Format;
        var idents = functions.Idents;
        _idents = idents;
        _process = process;
        _guest = process?.Guest ?? Node.Current.Peers.AdmitGuest(0);
        _proxies = new ProxyPickles(idents, functions.Types, address) { Sent = _sent.Add };
        _stopping = stopping;
        _gone = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        process?.Add(this);
    }

    /// <summary>Serves the calls until the thread, or its process, ends.</summary>
    public void Run()
    {
        bool allRead = false;
        int watched = -1;
        try
        {
            using var hold = _connection.Stream.Endpoint.Hold(out int descriptor);
            LifeMonitor.Current.WatchHangUp(descriptor, () =>
            {
                LifeMonitor.Current.Forget(descriptor);
                HungUp();
            });
            watched = descriptor;

            // A shutdown of reading ends the wait for a request; what is under way may still be answered.
            using var stop = _stopping.UnsafeRegister(static each => SocketCalls.shutdown((int)each!, SocketCalls.ShutdownRead), descriptor);
            allRead = Serve(descriptor);
        }
        catch (Exception end) when (end is IOException or OperationCanceledException || _gone.IsCancellationRequested)
        {
            // The client has gone in the middle of something, or this manager ends: what the client held comes back.
        }
        catch (Exception fault)
        {
            ProcessLog.Current.Report(LogLevel.Error, LogEvents.PythonCallFailed, $"A call of a Python program failed, and its connection was closed: {fault}");
        }
        finally
        {
            if (watched >= 0)
            {
                LifeMonitor.Current.Forget(watched);
            }

            End(allRead);
        }
    }

    /// <summary>
    /// Completes when nothing more is done for the client: the last request that it sent before its death was carried out, and it is known whether the answer
    /// was read. Its locks may go to others only then: that request may be a change which it made under a lock. A wait as a party of others ends when they are
    /// told, and is not waited for.
    /// </summary>
    public Task Settled()
    {
        lock (_goneGate)
        {
            _joinedOthers ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            return _isParty || _isOver ? Task.CompletedTask : Task.WhenAny(_ended.Task, _joinedOthers.Task);
        }
    }

    public T Wait<T>(Func<CancellationToken, T> wait) => wait(_gone.Token);

    public T WaitAsParty<T>(Func<CancellationToken, T> wait)
    {
        lock (_goneGate)
        {
            _isParty = true;
            _joinedOthers?.TrySetResult();
        }

        try
        {
            return wait(_stopping);
        }
        finally
        {
            lock (_goneGate)
            {
                _isParty = false;
            }
        }
    }

    public void WhenRead(Action done, Action otherwise) => _unread = Tuple.Create(done, otherwise);

    /// <returns>True when the client has ended after it had read every answer.</returns>
    private bool Serve(int descriptor)
    {
        using var writer = new WireWriter();
        var requests = new RequestStream(descriptor);
        while (true)
        {
            ReadOnlySpan<byte> message;
            try
            {
                message = requests.Next();
            }
            catch (EndOfStreamException end)
            {
                _stopping.ThrowIfCancellationRequested();
                return end.InnerException is not SocketException;
            }

            // The next request says that the last answer was read, proxies in it included.
            Interlocked.Exchange(ref _unread, null)?.Item1();
            _sent.Clear();
            Answer(message).WriteTo(writer, _format, _proxies);
            _connection.SendBytes(writer.Written);
            writer.Reset();
        }
    }

    private Answer Answer(ReadOnlySpan<byte> message)
    {
        Request request;
        try
        {
            request = Request.Read(message, _format, _proxies);
        }
        catch (SerializationException malformed)
        {
            return Server.Answer.Failed(malformed);
        }

        try
        {
            return Call(request);
        }
        catch (Exception failure) when (!_gone.IsCancellationRequested)
        {
            return Server.Answer.Error(failure);
        }
    }

    private Answer Call(in Request request)
    {
        if (request.Ident is null || Find(request.Ident) is not var (entry, referent))
        {
            return Server.Answer.Failed(PythonErrors.Key(request.Ident));
        }

        if (!entry.Exposes(request.Name))
        {
            return request.Name switch
            {
                "__str__" or "__repr__" => Server.Answer.Return(referent.Text),
                "#GETVALUE" => Server.Answer.Return(referent.Copy),
                _ => Server.Answer.Failed(PythonErrors.Attribute($"method '{request.Name}' of '{referent.TypeId}' object is not in exposed={PythonRepr.Of(
                    ProxyPickles.Exposed(referent))}")),
            };
        }

        object? result = referent.Call(request.Arguments, this);
        if (result is not Referent made)
        {
            return Server.Answer.Return(result);
        }

        var added = _idents.OfCounted(made, _process?.Pid ?? 0);
        return new Answer(Server.Answer.ProxyKind, new PyTuple(ProxyPickles.Exposed(made), _proxies.TokenOf(added)));
    }

    private (Entry Entry, Referent Referent)? Find(string ident)
    {
        if (_opened.TryGetValue(ident, out var known) && known.Entry.IsAlive)
        {
            return known.Referent.IsOfCaller ? known : (known.Entry, known.Entry.Referent);
        }

        _opened.Remove(ident);
        if (_idents.Find(ident) is not { } entry)
        {
            return null;
        }

        if (_opened.Count >= _sweepAt)
        {
            foreach (string ended in _opened.Where(static each => !each.Value.Entry.IsAlive).Select(static each => each.Key).ToList())
            {
                _opened.Remove(ended);
            }

            _sweepAt = Math.Max(FirstSweep, _opened.Count * 2);
        }

        var opened = (entry, entry.Referent.IsOfCaller ? entry.For(_guest) : entry.Referent);
        _opened.Add(ident, opened);
        return opened;
    }

    /// <summary>Ends the wait of the call that is under way. Whether the last answer was read, reading tells.</summary>
    private void HungUp()
    {
        lock (_goneGate)
        {
            if (!_isOver)
            {
                _gone.Cancel();
            }
        }

        if (_process is null)
        {
            // Nothing else tells that this client has ended.
            _ = DismissAsync();
        }
    }

    private async Task DismissAsync()
    {
        await Settled().ConfigureAwait(false);
        Node.Current.Peers.Guests!.Dismiss(_guest);
    }

    private void End(bool allRead)
    {
        var unread = Interlocked.Exchange(ref _unread, null);
        try
        {
            (allRead ? unread?.Item1 : unread?.Item2)?.Invoke();
        }
        catch (Exception gone) when (gone is MultiprocException or InvalidOperationException)
        {
            // The queue has ended, and the item with it.
        }

        _connection.Dispose();
        _process?.Remove(this);
        _ended.SetResult();
        if (_process is null)
        {
            Node.Current.Peers.Guests!.Dismiss(_guest);
        }

        lock (_goneGate)
        {
            _isOver = true;
            _gone.Dispose();
        }
    }
}
