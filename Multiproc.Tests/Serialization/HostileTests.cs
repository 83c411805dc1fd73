using System.Collections.Immutable;
using System.Numerics;
using Multiproc.Serialization;

namespace Multiproc.Tests.Serialization;

/// <summary>Bytes from someone who lies. Whatever they are, only a SerializationException comes out, soon, and without much memory.</summary>
public sealed class HostileTests
{
    private const int Seed = 20_260;
    private const int PerSeed = 3_000;

    private sealed record Key(string Name, int[] Parts)
    {
        // Trusts its fields, as code of an app does.
        public override int GetHashCode() => Name.Length + Parts.Length;

        public bool Equals(Key? other) => other?.Name.Equals(Name, StringComparison.Ordinal) == true;
    }

    private sealed class Tree
    {
        public Tree? Left { get; set; }

        public object? Right { get; set; }
    }

    private static readonly Func<int, int> s_closure = MakeClosure(3);

    private static Func<int, int> MakeClosure(int factor) => x => x * factor;

    private static object[] Seeds()
    {
        var tree = new Tree { Right = new object[] { 1, "two", 3.0, DayOfWeek.Friday, 5m, Guid.AllBitsSet } };
        tree.Left = new Tree { Left = tree, Right = typeof(List<int>) };
        return
        [
            tree,
            s_closure,
            new Dictionary<Key, object> { [new Key("a", [1, 2])] = new Key("b", []), [new Key("c", [])] = new HashSet<Key> { new("d", [4]) } },
            new InvalidOperationException("outer", new AggregateException("many", new ArgumentException("inner", nameof(tree)))),
            new object[,] { { 1, "a" }, { new int[] { 1, 2, 3 }, new string[,] { { "x" } } } },
            new SortedDictionary<string, List<DateTime>>(StringComparer.Ordinal) { ["k"] = [DateTime.UnixEpoch] },
            new object[]
            {
                ImmutableList.Create(1), ImmutableSortedSet.Create("b", "a"), new Queue<int>([1]), new LinkedList<string>(["a"]), (1, "b", (int?)null),
            },
            new object[]
            {
                BigInteger.Pow(7, 90), new Version(1, 2), new Uri("http://a/b"), DateTimeOffset.UnixEpoch, TimeOnly.MaxValue,
                new Matrix4x4[] { Matrix4x4.Identity }, 1.5m,
            },
        ];
    }

    private static void Feed<T>(byte[] bytes, ref int accepted)
    {
        try
        {
            Serializer.Unpack<T>(new Payload(bytes));
            accepted++;
        }
        catch (Exception refused) when (refused is SerializationException or NotInClusterException)
        {
            // As it should be: the test is that nothing else comes out. An object may have become one of a cluster, which this process is not in.
        }
    }

    private static byte[] Mutated(Random random, byte[] valid)
    {
        byte[] bytes = [.. valid];
        for (int changes = random.Next(1, 4); changes > 0; changes--)
        {
            int at = random.Next(bytes.Length);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes[at] = (byte)random.Next(4); // The marks of references.
                    break;
                case 3:
                    bytes = [.. bytes[..at], .. bytes[random.Next(bytes.Length)..]];
                    bytes = bytes.Length == 0 ? [0] : bytes;
                    break;
                default:
                    bytes.AsSpan(at, Math.Min(5, bytes.Length - at)).Fill(0xFF);
                    break;
            }
        }

        return bytes;
    }

    [Fact]
    public void Mutations_OfValidValues_OnlyEverRefused()
    {
        var random = new Random(Seed);
        int accepted = 0;
        foreach (object seed in Seeds())
        {
            byte[] valid = Serializer.Pack(seed).Bytes.ToArray();
            for (int i = 0; i < PerSeed; i++)
            {
                Feed<object>(Mutated(random, valid), ref accepted);
            }
        }

        accepted.ShouldBeInRange(1, PerSeed * Seeds().Length - 1);
    }

    [Fact]
    public void RandomBytes_ForManyTypes_OnlyEverRefused()
    {
        var random = new Random(Seed);
        int accepted = 0;
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 6_000; i++)
        {
            byte[] bytes = new byte[random.Next(60)];
            random.NextBytes(bytes);
            if (bytes.Length > 0 && i % 2 == 0)
            {
                bytes[0] = (byte)SlotTag.Declared;
            }

            Feed<object>(bytes, ref accepted);
            Feed<string>(bytes, ref accepted);
            Feed<List<string>>(bytes, ref accepted);
            Feed<Dictionary<Key, Tree>>(bytes, ref accepted);
            Feed<Tree>(bytes, ref accepted);
            Feed<int[]>(bytes, ref accepted);
            Feed<decimal[,]>(bytes, ref accepted);
            Feed<Exception>(bytes, ref accepted);
            Feed<Func<int, int>>(bytes, ref accepted);
            Feed<(DateTime, DateTimeOffset, DateOnly, Uri)>(bytes, ref accepted);
            Feed<SortedSet<object>>(bytes, ref accepted);
        }

        accepted.ShouldBeGreaterThan(0);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1L << 30);
    }

    [Fact]
    public void Truncations_OfValidValues_AreAllRefused()
    {
        foreach (object seed in Seeds())
        {
            byte[] valid = Serializer.Pack(seed).Bytes.ToArray();
            for (int length = 0; length < valid.Length; length++)
            {
                Wire.RefusalToRead<object>(valid[..length]).ShouldNotBeEmpty();
            }
        }
    }
}
