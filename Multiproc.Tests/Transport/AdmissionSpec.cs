using System.Collections.Concurrent;
using System.Net.Sockets;
using Multiproc.TestKit;
using Multiproc.Transport;

namespace Multiproc.Tests.Transport;

/// <summary>What the tests of every door have: its links, its refusals, and unauthenticated peers in front of it.</summary>
public abstract class AdmissionSpec : IDisposable
{
    private protected const int MaxUnauthenticated = 4;

    private readonly List<Socket> _strangers = [];

    private protected ConcurrentQueue<ILink> Links { get; } = new();

    private protected ConcurrentQueue<Exception> Refused { get; } = new();

    public virtual void Dispose()
    {
        _strangers.ForEach(static socket => socket.Dispose());
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void Connect_RightKey_LinksBothWays()
    {
        AssertServes();
        Refused.ShouldBeEmpty();
    }

    [Fact]
    public void Admit_TooManyStrangers_FurtherOnesAreCutOffAtOnce()
    {
        for (int i = 0; i < MaxUnauthenticated + 3; i++)
        {
            Stranger();
        }

        AwaitRefusals(3).Take(3).ShouldAllBe(static reason => reason.Message.Contains("handshakes are in progress"));
        AwaitRefusals(MaxUnauthenticated + 3);
        AssertServes();
    }

    /// <summary>A link of somebody who knows the key.</summary>
    private protected abstract ILink ConnectRightly();

    /// <summary>A socket that is connected to the door and has said nothing.</summary>
    private protected abstract Socket ConnectSocket();

    private protected Socket Stranger()
    {
        var socket = ConnectSocket();
        _strangers.Add(socket);
        return socket;
    }

    private protected IReadOnlyList<Exception> AwaitRefusals(int count)
    {
        Await.Until($"{count} refusals (have {Refused.Count})", () => Refused.Count >= count);
        return [.. Refused];
    }

    /// <summary>A peer that knows the key is let in, and linked.</summary>
    private protected virtual void AssertServes()
    {
        using var ours = ConnectRightly();
        ILink? theirs = null;
        Await.Until("the link on the door's side", () => Links.TryDequeue(out theirs));
        AssertLinked(ours, theirs!);
    }

    private protected static void AssertLinked(ILink ours, ILink theirs)
    {
        using (theirs)
        {
            var log = LinkSpec.Listen(ours);
            LinkSpec.Listen(theirs, frame => theirs.Send(frame));
            ours.Send([4, 5, 6]);
            log.AwaitFrames(1);
            log.Frames[0].ShouldBe([4, 5, 6]);
        }
    }
}
