using System.Net.Sockets;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Connections;

/// <summary>Descriptors that go to other processes (C-26, C-27, C-28), and pipes and listeners between threads (C-32, A-19).</summary>
public sealed class HandTransferTests
{
    [Fact] // C-27: Python's test_fd_transfer
    public void DupFd_OfAFile_ChildWritesIntoIt()
    {
        string path = Path.GetTempFileName();
        using (var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite))
        {
            using var sent = new DupFd(file);
            InChild.Run(() =>
            {
                using var received = sent.DetachFile();
                RandomAccess.Write(received, "foo"u8, 0);
            });
        }

        File.ReadAllText(path).ShouldBe("foo");
        File.Delete(path);
    }

    [Fact] // C-27: test_large_fd_transfer, numbers above 255
    public void Send_DescriptorsWithLargeNumbers_Arrive() => InChild.Run(static () =>
    {
        // In a process in which nobody closes one with a smaller number meanwhile.
        var many = Enumerable.Range(0, 300).Select(static _ => File.OpenHandle("/dev/null")).ToList();
        using var pipe = new Pair();
        ((long)pipe.First.Handle.DangerousGetHandle()).ShouldBeGreaterThan(255);
        InChild.Run(() => pipe.Second.Send("from far up"));
        pipe.First.Recv<string>(InChild.Bound).ShouldBe("from far up");
        many.ForEach(static each => each.Dispose());
    });

    [Fact] // C-26: a plain socket
    public void DupFd_OfASocket_ChildAnswersOnIt()
    {
        using var listener = new Listener();
        using var client = Client.Connect(listener.Address);
        using var accepted = listener.Accept();
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(listener.Address));
        using var other = listener.Accept();
        using var sent = new DupFd(socket.SafeHandle);
        InChild.Run(() =>
        {
            using var received = sent.DetachSocket();
            received.Send([0, 0, 0, 2, (byte)'h', (byte)'i']);
        });
        other.RecvBytes(timeout: InChild.Bound).ShouldBe("hi"u8.ToArray());
    }

    [Fact] // C-28: nothing there to send
    public void DupFd_DetachedTwice_IsSaid()
    {
        using var file = File.OpenHandle("/dev/null");
        var fd = new DupFd(file);
        fd.DetachFile().Dispose();
        Should.Throw<InvalidOperationException>(fd.DetachFile);
        Should.Throw<InvalidOperationException>(() => Mp.Process(static _ => { }, fd).Start());
        fd.ToString().ShouldBe("DupFd (gone)");
        file.Dispose();
        Should.Throw<ArgumentException>(() => new DupFd(file));
    }

    [Fact] // C-28
    public void DupFd_SenderEndedBeforeItWasFetched_IsSaid()
    {
        using var queue = Mp.Queue<DupFd>();
        InChild.Run(() => queue.Put(new DupFd(File.OpenHandle("/dev/null"))));
        using var orphan = queue.Get(InChild.Bound);
        Should.Throw<ConnectionLostException>(orphan.DetachFile);
    }

    [Fact] // C-32
    public void Pipe_ToAnInProcessChild_IsTheSame()
    {
        var threads = Mp.GetContext(StartMethod.InProcess);
        var (ours, theirs) = threads.Pipe();
        using var child = threads.Process(static end => { using (end) { end.Send(end.Recv<int>() + 1); } }, theirs);
        child.Start();
        theirs.Close();
        ours.Send(1);
        ours.Recv<int>(InChild.Bound).ShouldBe(2);
        Should.Throw<EndOfStreamException>(() => ours.Recv<int>(InChild.Bound));
        ours.Close();
        child.Join(InChild.Bound).ShouldBeTrue("the thread ends");
    }

    [Fact]
    public void ListenerAndClient_BetweenThreads_AreTheSame()
    {
        var threads = Mp.GetContext(StartMethod.InProcess);
        using var listener = new Listener(authKey: [7]);
        using var child = threads.Process(
            static address => { using var client = Client.Connect(address, [7]); client.Send("from a thread"); }, listener.Address);
        child.Start();
        using var connection = listener.Accept(InChild.Bound);
        connection.Recv<string>(InChild.Bound).ShouldBe("from a thread");
        child.Join(InChild.Bound).ShouldBeTrue("the thread ends");
    }

    [Fact] // a key is bytes, which the compiler sees to
    public void AuthKey_IsBytesEverywhere() =>
        typeof(Listener).GetConstructors().Concat<System.Reflection.MethodBase>(
            typeof(Client).GetMethods().Where(static each => each.Name.StartsWith("Connect", StringComparison.Ordinal)))
            .SelectMany(static each => each.GetParameters()).Where(static each => each.Name == "authKey")
            .Select(static each => each.ParameterType).Distinct().ShouldBe([typeof(byte[])]);
}
