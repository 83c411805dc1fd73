using System.Runtime.CompilerServices;
using Multiproc.Serialization;

namespace Multiproc.Tests.Serialization;

public sealed class GraphTests
{
    private sealed class Node
    {
        public string? Name { get; init; }

        public Node? Next { get; set; }

        public object? Any { get; set; }
    }

    private sealed class Listener
    {
        public required Queue<Listener> Line { get; init; }
    }

    private static Node Chain(int length)
    {
        var first = new Node();
        for (int i = 1; i < length; i++)
        {
            first = new Node { Next = first };
        }

        return first;
    }

    [Fact]
    public void Graph_SharedReference_StaysShared()
    {
        var shared = new Node { Name = "shared" };
        var copy = Wire.RoundTrip(new[] { shared, shared, new Node { Next = shared } });
        copy[0].ShouldBeSameAs(copy[1]);
        copy[2].Next.ShouldBeSameAs(copy[0]);
        int[] numbers = [1];
        var arrays = Wire.RoundTrip(new[] { numbers, numbers });
        arrays[0].ShouldBeSameAs(arrays[1]);
    }

    [Fact]
    public void Graph_EqualButDistinct_StaysDistinct()
    {
        var copy = Wire.RoundTrip(new[] { new Uri("urn:x"), new Uri("urn:x") });
        copy[0].ShouldNotBeSameAs(copy[1]);
    }

    [Fact]
    public void Graph_Cycle_IsClosed()
    {
        var a = new Node { Name = "a" };
        a.Next = new Node { Name = "b", Next = a, Any = a };
        var copy = Wire.RoundTrip(a);
        copy.Next!.Next.ShouldBeSameAs(copy);
        copy.Next.Any.ShouldBeSameAs(copy);
    }

    [Fact]
    public void Collection_ContainingItself_Survives()
    {
        var list = new List<object>();
        list.Add(list);
        var listCopy = Wire.RoundTrip(list);
        ReferenceEquals(listCopy, listCopy[0]).ShouldBeTrue();
        object[] array = new object[1];
        array[0] = array;
        object[] arrayCopy = Wire.RoundTrip(array);
        ReferenceEquals(arrayCopy, arrayCopy[0]).ShouldBeTrue();
        var map = new Dictionary<string, object>();
        map["self"] = map;
        var mapCopy = Wire.RoundTrip(map);
        ReferenceEquals(mapCopy, mapCopy["self"]).ShouldBeTrue();
    }

    [Fact]
    public void Collection_WhoseItemsReferToIt_Survives()
    {
        var line = new Queue<Listener>();
        line.Enqueue(new Listener { Line = line });
        var copy = Wire.RoundTrip(line);
        copy.Peek().Line.ShouldBeSameAs(copy);
        var stack = new Stack<object>();
        stack.Push("bottom");
        stack.Push(stack);
        var stackCopy = Wire.RoundTrip(stack);
        ReferenceEquals(stackCopy.Pop(), stackCopy).ShouldBeTrue();
        stackCopy.Pop().ShouldBe("bottom");
        var linked = new LinkedList<object>();
        linked.AddLast(linked);
        var linkedCopy = Wire.RoundTrip(linked);
        ReferenceEquals(linkedCopy.First!.Value, linkedCopy).ShouldBeTrue();
    }

    [Fact]
    public void Chain_UpToTheLimit_Survives()
    {
        int length = 0;
        for (var node = Wire.RoundTrip(Chain(WriteContext.MaxDepth)); node is not null; node = node.Next)
        {
            length++;
        }

        length.ShouldBe(256);
    }

    [Fact]
    public void Chain_BeyondTheLimit_IsRefusedInOneReadableLine()
    {
        Wire.RefusalOf(Chain(WriteContext.MaxDepth + 1)).ShouldBe(
            "cannot send Multiproc.Tests.Serialization.GraphTests.Node: field 'Next' → field 'Next' → field 'Next' → … (250 more) → field 'Next' → field "
                + "'Next' → field 'Next' "
            + "is nested deeper than 256 levels: send it in a flatter form, as a list instead of a chain");
        Wire.RoundTrip(Chain(3)).Next!.Next.ShouldNotBeNull();
    }

    [Fact]
    public void Chain_OnAShortStack_IsRefusedNotFatal()
    {
        object chain = Chain(WriteContext.MaxDepth);
        var packed = Serializer.Pack(chain);
        OnShortStack(() => Serializer.Pack(chain)).ShouldEndWith("is nested too deep for the stack of this thread: send it from a thread with a larger one");
        OnShortStack(() => Serializer.Unpack<object>(packed)).ShouldBe(
            "A value is nested too deep for the stack of this thread: receive it on a thread with a larger one.");
    }

    private static string OnShortStack(Action action)
    {
        string message = "not refused";
        var thread = new Thread(() => message = AtTheBottom(action), 512 * 1024);
        thread.Start();
        thread.Join();
        return message;
    }

    private static string AtTheBottom(Action action)
    {
        if (RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            return AtTheBottom(action) + "";
        }

        try
        {
            action();
            return "not refused";
        }
        catch (SerializationException refused)
        {
            return refused.Message;
        }
    }
}
