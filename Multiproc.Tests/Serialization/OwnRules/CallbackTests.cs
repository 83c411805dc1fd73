using System.Runtime.Serialization;
#pragma warning disable SYSLIB0050 // Users have such classes.

namespace Multiproc.Tests.Serialization.OwnRules;

/// <summary>Classes that say by marks and interfaces what is to be done before and after.</summary>
public sealed class CallbackTests
{
    private class Account
    {
        [NonSerialized]
        private Dictionary<string, int> _index;

        private string[] _names;

        public Account(params string[] names)
        {
            _names = names;
            _index = Indexed(names);
        }

        public List<string> Calls { get; } = [];

        public int this[string name] => _index[name];

        [OnSerializing]
        private void Before(StreamingContext context) => Calls.Add("serializing");

        [OnSerialized]
        internal void After(StreamingContext context) => Calls.Add("serialized");

        [OnDeserializing]
        public void BeforeRead(StreamingContext context) => _index = [];

        [OnDeserialized]
        protected void AfterRead(StreamingContext context)
        {
            _index = Indexed(_names);
            Calls.Add("deserialized");
        }

        private static Dictionary<string, int> Indexed(string[] names) => names.Select((n, i) => (n, i)).ToDictionary(p => p.n, p => p.i);
    }

    private sealed class Special() : Account("x", "y")
    {
        [OnDeserialized]
        private void Own(StreamingContext context) => Calls.Add($"own after {Calls[^1]}");
    }

    private struct Point
    {
        public int X;

        [NonSerialized]
        public int Double;

        [OnDeserialized]
        private void Fill(StreamingContext context) => Double = 2 * X;
    }

    private sealed record Wide(Point At, Point? Maybe);

    private sealed class Node : IDeserializationCallback
    {
        public Node? Next;

        [NonSerialized]
        public int Length;

        public void OnDeserialization(object? sender)
        {
            Length = 1;
            for (var node = Next; node is not null && node != this; node = node.Next)
            {
                Length++;
            }
        }
    }

    private sealed class Failing(bool before)
    {
        public bool IsBefore { get; } = before;

        [OnSerializing]
        private void Before(StreamingContext context)
        {
            if (IsBefore)
            {
                throw new InvalidOperationException("not now");
            }
        }

        [OnDeserialized]
        private void After(StreamingContext context) => throw new InvalidOperationException("not here");
    }

    [Fact]
    public void Callbacks_OfAClass_AreCalledInOrder()
    {
        var account = new Account("a", "b");
        for (int i = 0; i < 50; i++)
        {
            account.Calls.Clear();
            var copy = Wire.RoundTrip(account);
            copy["b"].ShouldBe(1);
            copy.Calls.ShouldBe(["serializing", "deserialized"]);
            account.Calls.ShouldBe(["serializing", "serialized"]);
        }
    }

    [Fact]
    public void Callbacks_OfBaseClasses_ComeFirst()
    {
        var copy = Wire.RoundTrip<object>(new Special()).ShouldBeOfType<Special>();
        copy["y"].ShouldBe(1);
        copy.Calls.ShouldBe(["serializing", "deserialized", "own after deserialized"]);
    }

    [Fact]
    public void Callbacks_OfAStruct_SeeItsValue()
    {
        for (int i = 0; i < 50; i++)
        {
            Wire.RoundTrip(new Point { X = 4 }).Double.ShouldBe(8);
            Wire.RoundTrip<object>(new Point { X = 4 }).ShouldBeOfType<Point>().Double.ShouldBe(8);
            Wire.RoundTrip(new[] { new Point { X = 1 } })[0].Double.ShouldBe(2);
            Wire.RoundTrip(new Wide(new Point { X = 1 }, new Point { X = 2 })).Maybe!.Value.Double.ShouldBe(4);
        }
    }

    [Fact]
    public void DeserializationCallback_InACycle_ComesWhenAllIsThere()
    {
        var node = new Node { Next = new Node { Next = new Node() } };
        node.Next.Next.Next = node;
        var copy = Wire.RoundTrip(node);
        copy.Length.ShouldBe(3);
        copy.Next!.Length.ShouldBe(3);
    }

    [Fact]
    public void Callback_ThatThrows_IsToldWithItsName()
    {
        Wire.RefusalOf(new[] { new Failing(before: true) }).ShouldEndWith(
            "element 0 failed in its method Before [OnSerializing]: System.InvalidOperationException: not now");
        Should.Throw<SerializationException>(() =>
            Wire.RoundTrip(new Failing(before: false))).InnerException.ShouldBeOfType<InvalidOperationException>().Message.ShouldBe("not here");
    }
}
