using System.Collections;
using System.Collections.Concurrent;
using System.Collections.ObjectModel;

namespace Multiproc.Tests.Serialization.OwnRules;

/// <summary>Classes of the app that derive from those of .NET.</summary>
public sealed class DerivedTests
{
    private interface IMarked
    {
        string? Mark { get; set; }
    }

    private sealed class MyList : List<string>, IMarked
    {
        public string? Mark { get; set; }
    }

    private class MyDictionary(IEqualityComparer<string>? comparer = null) : Dictionary<string, int>(comparer), IMarked
    {
        public string? Mark { get; set; }
    }

    private sealed class MyDeeper() : MyDictionary(StringComparer.OrdinalIgnoreCase)
    {
        public int Depth { get; set; } = 1;
    }

    private sealed class MySet : HashSet<(string Name, int Number)>, IMarked
    {
        public string? Mark { get; set; }
    }

    private sealed class MyQueue : Queue<int>, IMarked
    {
        public string? Mark { get; set; }
    }

    private sealed class MyStack : Stack<int>, IMarked
    {
        public string? Mark { get; set; }
    }

    private sealed class MyLinked : LinkedList<int>, IMarked
    {
        public string? Mark { get; set; }
    }

    private sealed class MySorted() : SortedDictionary<string, int>(StringComparer.Ordinal), IMarked
    {
        public string? Mark { get; set; }
    }

    private sealed class MySortedList : SortedList<string, int>, IMarked
    {
        public string? Mark { get; set; }
    }

    private sealed class MySortedSet : SortedSet<string>, IMarked
    {
        public string? Mark { get; set; }
    }

    private sealed class MyConcurrent : ConcurrentDictionary<string, int>, IMarked
    {
        public string? Mark { get; set; }
    }

    private sealed class MyConcurrentQueue : ConcurrentQueue<int>, IMarked
    {
        public string? Mark { get; set; }
    }

    private sealed class MyPriorities : PriorityQueue<string, int>, IMarked
    {
        public string? Mark { get; set; }
    }

    private sealed class MyCollection : Collection<int>, IMarked
    {
        public static int Inserted;

        public string? Mark { get; set; }

        protected override void InsertItem(int index, int item)
        {
            Inserted++;
            base.InsertItem(index, item);
        }
    }

    private sealed class MyObservable : ObservableCollection<int>, IMarked
    {
        public string? Mark { get; set; }
    }

    private sealed class MyReadOnly(IList<int> items) : ReadOnlyCollection<int>(items), IMarked
    {
        public string? Mark { get; set; }
    }

    private sealed record Item(string Key, int Value);

    private sealed class MyKeyed() : KeyedCollection<string, Item>(StringComparer.OrdinalIgnoreCase), IMarked
    {
        public string? Mark { get; set; }

        protected override string GetKeyForItem(Item item) => $"{Mark}{item.Key}";
    }

    private sealed class MyArrayList : ArrayList, IMarked
    {
        public string? Mark { get; set; }
    }

    private sealed class MyHashtable : Hashtable, IMarked
    {
        public string? Mark { get; set; }
    }

    private sealed class MyOldCollection : CollectionBase, IMarked
    {
        public string? Mark { get; set; }

        public void Add(string item) => List.Add(item);
    }

    private sealed class MyRandom : Random;

    private sealed class MyLazy() : Lazy<int>(static () => 5);

    private sealed class MyEvent : EventArgs
    {
        public int Number { get; init; }
    }

    private sealed class MyComponent : System.ComponentModel.Component
    {
        public int Number { get; init; }
    }

    private sealed class Family
    {
        public MyDictionary Names { get; } = new();

        public Dictionary<Family, int> Known { get; } = [];

        public string Name { get; set; } = "";

        public override bool Equals(object? obj) => obj is Family other && other.Name == Name;

        public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);
    }

    private static T Marked<T>(T value)
        where T : IMarked
    {
        value.Mark = "m";
        var copy = Wire.RoundTrip<object>(new object[] { value, value }).ShouldBeOfType<object[]>();
        copy[1].ShouldBeSameAs(copy[0]);
        var typed = copy[0].ShouldBeOfType<T>();
        typed.Mark.ShouldBe("m");
        return typed;
    }

    [Fact]
    public void Derived_FromEachCollection_HasItsItemsAndItsOwnFields()
    {
        Marked(new MyList { "a", "b" }).ShouldBe(["a", "b"]);
        Marked(new MyDictionary { ["a"] = 1 })["a"].ShouldBe(1);
        Marked(new MyDictionary(StringComparer.OrdinalIgnoreCase) { ["a"] = 1 })["A"].ShouldBe(1);
        Marked(new MyDeeper { ["a"] = 1, Depth = 4 }).Depth.ShouldBe(4);
        Marked(new MySet { ("a", 1) }).Contains(("a", 1)).ShouldBeTrue();
        var queue = new MyQueue();
        queue.Enqueue(1);
        queue.Enqueue(2);
        Marked(queue).ShouldBe([1, 2]);
        var stack = new MyStack();
        stack.Push(1);
        stack.Push(2);
        Marked(stack).ShouldBe([2, 1]);
        var linked = new MyLinked();
        linked.AddLast(1);
        Marked(linked).ShouldBe([1]);
        Marked(new MySorted { ["b"] = 1, ["B"] = 2 }).Keys.ShouldBe(["B", "b"]);
        Marked(new MySortedList { ["b"] = 1 }).Keys.ShouldBe(["b"]);
        Marked(new MySortedSet { "b", "a" }).ShouldBe(["a", "b"]);
        Marked(new MyConcurrent { ["a"] = 1 })["a"].ShouldBe(1);
        var concurrent = new MyConcurrentQueue();
        concurrent.Enqueue(4);
        Marked(concurrent).ShouldBe([4]);
        var priorities = new MyPriorities();
        priorities.Enqueue("late", 2);
        priorities.Enqueue("early", 1);
        Marked(priorities).Dequeue().ShouldBe("early");
        Marked(new MyObservable { 1, 2 }).ShouldBe([1, 2]);
        Marked(new MyReadOnly([1, 2])).ShouldBe([1, 2]);
        Marked(new MyArrayList { 1, "b" }).Cast<object>().ShouldBe([1, "b"]);
        Marked(new MyHashtable { ["k"] = 1 })["k"].ShouldBe(1);
        var old = new MyOldCollection();
        old.Add("x");
        Marked(old).Cast<string>().ShouldBe(["x"]);
    }

    [Fact]
    public void Derived_FromACollectionThatCallsOverrides_DoesNotRunThem()
    {
        var collection = new MyCollection { 1, 2 };
        int before = MyCollection.Inserted;
        Marked(collection).ToArray().ShouldBe([1, 2]);
        MyCollection.Inserted.ShouldBe(before);
    }

    [Fact]
    public void Derived_FromAKeyedCollection_FindsByKey()
    {
        var keyed = new MyKeyed { Mark = "m" };
        keyed.Add(new Item("a", 1));
        keyed.Add(new Item("b", 2));
        var copy = Marked(keyed);
        copy["mB"].Value.ShouldBe(2);
        copy.Select(item => item.Value).ShouldBe([1, 2]);
        copy.Add(new Item("c", 3));
        copy.Contains("MC").ShouldBeTrue();
    }

    [Fact]
    public void Derived_FromAClassWithoutState_HasItsOwnFields()
    {
        Wire.RoundTrip(new MyEvent { Number = 4 }).Number.ShouldBe(4);
        Wire.RoundTrip(new MyComponent { Number = 4 }).Number.ShouldBe(4);
    }

    [Fact]
    public void Derived_FromAClassWithStateOfItsOwn_IsRefused()
    {
        Wire.RefusalOf(new object[] { new MyRandom() }).ShouldEndWith(
            "element 0 derives from System.Random, whose state is internal to .NET: send the data in a record of your own, or configure a Reducer for it");
        Wire.RefusalOf(new MyLazy()).ShouldContain("derives from System.Lazy`1, whose state is internal to .NET");
    }

    [Fact]
    public void Key_ThatContainsItsDictionary_IsFoundThere()
    {
        var family = new Family { Name = "f" };
        family.Known[family] = 5;
        var copy = Wire.RoundTrip(family);
        copy.Known[copy].ShouldBe(5);
        copy.Known.ContainsKey(new Family { Name = "f" }).ShouldBeTrue();
        var outer = Wire.RoundTrip(new Dictionary<string, object> { ["set"] = new HashSet<Family> { family }, ["f"] = family });
        outer["set"].ShouldBeOfType<HashSet<Family>>().Contains(family).ShouldBeTrue();
    }
}
