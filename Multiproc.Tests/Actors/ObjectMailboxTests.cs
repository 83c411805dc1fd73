using Akka.Actor;
using Multiproc.Actors;
using Multiproc.TestKit;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Actors;

/// <summary>The message queue of an object: in order, nothing lost, also while the object ends.</summary>
public sealed class ObjectMailboxTests
{
    private static readonly TimeSpan s_bound = TimeSpan.FromSeconds(30);

    [Fact]
    public void Messages_OfManyThreads_ComeInTheOrderOfEach()
    {
        const int Threads = 3;
        const int Each = 50_000;
        var queue = new ObjectMessageQueue();
        var senders = Enumerable.Range(0, Threads).Select(sender => OwnThread.Run(() =>
        {
            for (int i = 0; i < Each; i++)
            {
                queue.Enqueue(ActorRefs.Nobody, new Envelope((sender, i), ActorRefs.NoSender));
            }
        })).ToArray();
        int[] next = new int[Threads];
        int taken = 0;
        Await.Until("all messages", () =>
        {
            while (queue.TryDequeue(out var envelope))
            {
                var (sender, number) = ((int, int))envelope.Message;
                number.ShouldBe(next[sender]++);
                taken++;
            }

            return taken == Threads * Each;
        });
        Task.WaitAll(senders, s_bound).ShouldBeTrue();
        queue.HasMessages.ShouldBeFalse();
        queue.Count.ShouldBe(0);
    }

    [Fact]
    public void OneMessageAtATime_NeverLooksEmptyWhileOneIsThere()
    {
        var queue = new ObjectMessageQueue();
        for (int i = 1; i <= 3; i++)
        {
            for (int sent = 1; sent <= i; sent++)
            {
                queue.Enqueue(ActorRefs.Nobody, new Envelope(sent, ActorRefs.NoSender));
                queue.HasMessages.ShouldBeTrue();
                queue.Count.ShouldBe(sent);
            }

            for (int expected = 1; expected <= i; expected++)
            {
                queue.TryDequeue(out var envelope).ShouldBeTrue();
                envelope.Message.ShouldBe(expected);
            }

            queue.HasMessages.ShouldBeFalse();
            queue.TryDequeue(out _).ShouldBeFalse();
        }
    }

    [Fact]
    public void End_WhileThreadsSend_LeavesNoMessageBehind()
    {
        const int Threads = 2;
        const int Each = 5;
        for (int round = 0; round < 200; round++)
        {
            var queue = new ObjectMessageQueue();
            var deadLetters = new ObjectMessageQueue();
            using var go = new Barrier(Threads + 1);
            var senders = Enumerable.Range(0, Threads).Select(_ => OwnThread.Run(() =>
            {
                go.SignalAndWait();
                for (int i = 0; i < Each; i++)
                {
                    queue.Enqueue(ActorRefs.Nobody, new Envelope(i, ActorRefs.NoSender));
                }
            })).ToArray();
            go.SignalAndWait();
            queue.CleanUp(ActorRefs.Nobody, deadLetters);
            Task.WaitAll(senders, s_bound).ShouldBeTrue();
            queue.HasMessages.ShouldBeFalse();
            deadLetters.Count.ShouldBe(Threads * Each);
        }
    }
}
