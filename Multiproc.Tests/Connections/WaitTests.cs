using System.Net;
using System.Net.Sockets;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Connections;

/// <summary>Area W of the inventory: waiting for any of many.</summary>
public sealed class WaitTests
{
    private static readonly TimeSpan s_shortly = TimeSpan.FromMilliseconds(60);

    [Fact] // W-01
    public void Wait_ReadersOfFourChildren_NothingIsLost()
    {
        var open = new List<object>();
        var children = new List<ChildProcess>();
        for (int i = 0; i < 4; i++)
        {
            var (reader, writer) = Mp.Pipe(duplex: false);
            var child = Mp.Process(SendTen, writer);
            child.Start();
            writer.Close();
            open.Add(reader);
            children.Add(child);
        }

        var messages = new List<(int, int)>();
        while (open.Count > 0)
        {
            var ready = Connection.Wait(open, InChild.Bound);
            ready.ShouldNotBeEmpty("a child sends or ends");
            foreach (var reader in ready.Cast<Connection>())
            {
                try
                {
                    messages.Add(reader.Recv<(int, int)>());
                }
                catch (EndOfStreamException)
                {
                    open.Remove(reader);
                    reader.Close();
                }
            }
        }

        messages.Order().ShouldBe(children.SelectMany(child => Enumerable.Range(0, 10).Select(i => (i, child.Pid!.Value))).Order());
        children.ForEach(static child => child.Dispose());
    }

    [Fact] // W-02
    public void Wait_SocketsAndListeners_ReadyOnesAreReturned()
    {
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        server.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        server.Listen();
        using var listener = new Listener();
        object[] all = [server, listener];
        Connection.Wait(all, TimeSpan.Zero).ShouldBeEmpty();
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        client.Connect(server.LocalEndPoint!);
        Connection.Wait(all, InChild.Bound).ShouldBe([server]);
        using var other = Client.Connect(listener.Address);
        Connection.Wait(all, InChild.Bound).ShouldBe(all);
        using var accepted = server.Accept();
        client.Send([1]);
        Connection.Wait([accepted, client], InChild.Bound).ShouldBe([accepted]);
    }

    [Fact] // W-03, W-06
    public async Task Wait_NothingReady_IsEmptyNotBeforeTheTime()
    {
        using var pipe = new Pair();
        long begun = TimeProvider.System.GetTimestamp();
        Connection.Wait([pipe.First, pipe.Second], s_shortly).ShouldBeEmpty();
        TimeProvider.System.GetElapsedTime(begun).ShouldBeGreaterThanOrEqualTo(s_shortly);
        begun = TimeProvider.System.GetTimestamp();
        (await Connection.WaitAsync([pipe.First, pipe.Second], s_shortly)).ShouldBeEmpty();
        TimeProvider.System.GetElapsedTime(begun).ShouldBeGreaterThanOrEqualTo(s_shortly);
        Connection.Wait([pipe.First], TimeSpan.FromSeconds(-1)).ShouldBeEmpty();
        Connection.Wait([], TimeSpan.Zero).ShouldBeEmpty();
    }

    [Fact] // W-04, W-05
    public void Wait_ProcessesPipesHandlesAndTasks_AllThatAreReadyInTheirOrder()
    {
        using var pipe = new Pair();
        using var set = new ManualResetEvent(initialState: false);
        var task = new TaskCompletionSource();
        using var child = Mp.Process(static end => end.Recv<int>(), pipe.Second);
        child.Start();
        using var news = new Pair();
        object[] all = [child, child.Sentinel, news.First, set, task.Task];
        Connection.Wait(all, TimeSpan.Zero).ShouldBeEmpty();
        news.Second.Send(1);
        set.Set();
        Connection.Wait(all, InChild.Bound).ShouldBe([news.First, set]);
        news.First.Recv<int>();
        set.Reset();
        task.SetResult();
        Connection.Wait(all, InChild.Bound).ShouldBe([task.Task]);
        pipe.First.Send(1);
        child.Join(InChild.Bound).ShouldBeTrue("the child ends");
        Connection.Wait([child.Sentinel], InChild.Bound).ShouldBe([child.Sentinel]);
        Connection.Wait([news.First, child.Sentinel, child], InChild.Bound).ShouldBe([child.Sentinel, child]);
        Connection.Wait([child], TimeSpan.Zero).ShouldBe([child]);
    }

    [Fact] // W-05
    public async Task Wait_ProcessEndsMeanwhile_WakesBothKindsOfWaiter()
    {
        using var pipe = new Pair();
        using var child = Mp.Process(static end => end.Recv<int>(), pipe.Second);
        child.Start();
        using var never = new Pair();
        var waiting = Task.Run(() => Connection.Wait([never.First, child]));
        var waitingForHandle = Connection.WaitAsync([never.First, child.Sentinel]).AsTask();
        child.Kill();
        (await waiting.WaitAsync(InChild.Bound)).ShouldBe([child]);
        (await waitingForHandle.WaitAsync(InChild.Bound)).ShouldBe([child.Sentinel]);
    }

    [Fact] // W-07, and the async twin
    public async Task Wait_WithoutATimeout_EndsWithTheMessage()
    {
        using var pipe = new Pair();
        var blocked = Task.Run(() => Connection.Wait([pipe.First]));
        var blockedAsync = Connection.WaitAsync([pipe.First]).AsTask();
        pipe.Second.Send(1);
        (await blocked.WaitAsync(InChild.Bound)).ShouldBe([pipe.First]);
        (await blockedAsync.WaitAsync(InChild.Bound)).ShouldBe([pipe.First]);
    }

    [Fact] // W-08
    public void Wait_MoreThan64Objects_IsNoLimit()
    {
        var pipes = Enumerable.Range(0, 100).Select(static _ => new Pair()).ToList();
        object[] all = [.. pipes.Select(static pipe => pipe.First)];
        pipes[77].Second.Send(1);
        pipes[99].Second.Close();
        Connection.Wait(all, InChild.Bound).ShouldBe([all[77], all[99]]);
        pipes.ForEach(static pipe => pipe.Dispose());
    }

    [Fact]
    public async Task Wait_ConnectionClosedMeanwhile_IsAnIOException()
    {
        using var pipe = new Pair();
        var blocked = Task.Run(() => Connection.Wait([pipe.First]));
        var blockedAsync = Connection.WaitAsync([pipe.First]).AsTask();
        pipe.First.Close();
        await Should.ThrowAsync<IOException>(() => blocked.WaitAsync(InChild.Bound));
        await Should.ThrowAsync<IOException>(() => blockedAsync.WaitAsync(InChild.Bound));
        Should.Throw<IOException>(() => Connection.Wait([pipe.First]));
    }

    [Fact]
    public async Task Wait_Cancelled_Throws()
    {
        using var pipe = new Pair();
        using var end = new CancellationTokenSource();
        var blocked = Task.Run(() => Connection.Wait([pipe.First], null, end.Token));
        var blockedAsync = Connection.WaitAsync([pipe.First], null, end.Token).AsTask();
        end.Cancel();
        await Should.ThrowAsync<OperationCanceledException>(() => blocked.WaitAsync(InChild.Bound));
        await Should.ThrowAsync<OperationCanceledException>(() => blockedAsync.WaitAsync(InChild.Bound));
    }

    [Fact]
    public void Wait_ForSomethingOdd_IsRefused()
    {
        Should.Throw<ArgumentException>(() => Connection.Wait(["text"]));
        Should.Throw<ArgumentException>(() => Connection.Wait([]));
        Should.Throw<ArgumentNullException>(() => Connection.Wait([null!]));
        Should.Throw<InvalidOperationException>(() => Connection.Wait([Mp.Process(static () => { })]));
    }

    private static void SendTen(Connection writer)
    {
        for (int i = 0; i < 10; i++)
        {
            writer.Send((i, Environment.ProcessId));
        }

        writer.Close();
    }
}
