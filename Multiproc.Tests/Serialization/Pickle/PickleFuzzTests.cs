using System.Diagnostics;
using Multiproc.Serialization.Pickle;

namespace Multiproc.Tests.Serialization.Pickle;

/// <summary>
/// Random and damaged pickles: each is a value, or a SerializationException; and none takes memory out of proportion. The number of
/// inputs can be raised by MULTIPROC_FUZZ, the seed set by MULTIPROC_FUZZ_SEED.
/// </summary>
public sealed class PickleFuzzTests(ITestOutputHelper output)
{
    private const int MostBytesForOne = 1 << 20;

    private static readonly string s_opcodes = "(.012FIJKLMNPQRSTUVXabcd}eghijl]opqrst)uG" + string.Concat(
        Enumerable.Range(0x80, 0x19).Select(code => (char)code)) + "BC";

    private static readonly string[] s_pieces =
    [
        "cbuiltins\nset\n", "cbuiltins\nfrozenset\n", "cbuiltins\nValueError\n", "cbuiltins\ncomplex\n", "cbuiltins\nbytearray\n", "c_codecs\nencode\n",
        "cdatetime\ndatetime\n",
        "cdatetime\ntimedelta\n", "cdatetime\ntimezone\n", "\u008c\u0008builtins\u008c\u0009bytearray\u0093", "Vabc\n", "Vlatin1\n", "I12345\n",
        "L99999999999999999999L\n", "F1.5\n", "S'a'\n",
        "h\0", "h\u0001", "q\0", "\u0094", "\u008c\u0003abc", "C\u000a\u0007\u00e4\u0001\u0002\u0003\u0004\u0005\0\0\u0006", "K\u0001", "(", ")", "]", "}", "N",
        "\u0085", "\u0086", "R", "b", "a", "e", "u", "s",
    ];

    [Fact]
    public void Read_DamagedAndRandomPickles_GiveAValueOrASerializationException()
    {
        int count = int.Parse(Environment.GetEnvironmentVariable("MULTIPROC_FUZZ") ?? "200000", null);
        int seed = int.Parse(Environment.GetEnvironmentVariable("MULTIPROC_FUZZ_SEED") ?? "1", null);
        var random = new Random(seed);
        byte[][] seeds = [.. Seeds()];
        int values = 0;
        long most = 0;
        var clock = Stopwatch.StartNew();
        for (int i = 0; i < count; i++)
        {
            byte[] pickle = (i % 4) switch
            {
                0 => Assemble(random),
                1 => RandomOpcodes(random),
                _ => Damage(random, seeds[random.Next(seeds.Length)]),
            };
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                PickleReader.Read(pickle);
                values++;
            }
            catch (SerializationException)
            {
                // What is expected of most.
            }
            catch (Exception other)
            {
                Assert.Fail($"seed {seed}, input {i}, {Convert.ToHexString(pickle)}: {other}");
            }

            most = Math.Max(most, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        output.WriteLine($"{count} inputs of seed {seed} in {clock.Elapsed.TotalSeconds:f1} s: {values} were values, none took more than {most} bytes");
        most.ShouldBeLessThan(MostBytesForOne, $"seed {seed}");
        values.ShouldBeGreaterThan(count / 200, "else the inputs are too bad to reach anything");
    }

    private static IEnumerable<byte[]> Seeds()
    {
        object[] values =
        [
            new List<object?> { 1, -5, 1L << 40, 1.5, "text", "\uD800", true, null, System.Numerics.BigInteger.Pow(7, 90) },
            new Dictionary<object, object?> { ["a"] = new PyTuple(1, 2, 3, 4), [DBNull.Value] = new byte[] { 1, 2 }, [new PyTuple(1)] = new Memory<byte>([3]) },
            new HashSet<object> { 1, "b", new PyFrozenSet([1, 2]) },
            (
                new DateTime(2020, 2, 29), new DateTimeOffset(2020, 2, 29, 1, 2, 3, TimeSpan.FromHours(-7)), TimeSpan.FromHours(-3.5), new TimeOnly(1, 2, 3),
                new DateOnly(1, 1, 1)),
            new object[] { new PythonException("ValueError", "x", 5), new System.Numerics.Complex(1, -2), new PyTimeZone(TimeSpan.FromHours(2), "CEST") },
        ];
        foreach (object value in values)
        {
            yield return PickleWriter.ToBytes(value, 2);
            yield return PickleWriter.ToBytes(value, 4);
        }
    }

    private static byte[] Damage(Random random, byte[] pickle)
    {
        var bytes = pickle.ToList();
        for (int times = random.Next(1, 5); times > 0; times--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes[at] = (byte)s_opcodes[random.Next(s_opcodes.Length)];
                    break;
                case 2 when bytes.Count > 1:
                    bytes.RemoveRange(at, random.Next(1, Math.Min(9, bytes.Count - at + 1)) is var length && length >= bytes.Count ? 1 : length);
                    break;
                case 3:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;
                default:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 12), bytes.Count - at)));
                    break;
            }
        }

        return [.. bytes];
    }

    private static byte[] Assemble(Random random) =>
        Assembled.Bytes(string.Concat(Enumerable.Range(0, random.Next(1, 20)).Select(_ => s_pieces[random.Next(s_pieces.Length)])) + ".");

    private static byte[] RandomOpcodes(Random random)
    {
        byte[] bytes = new byte[random.Next(1, 40)];
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = random.Next(4) == 0 ? (byte)random.Next(256) : (byte)s_opcodes[random.Next(s_opcodes.Length)];
        }

        bytes[^1] = (byte)'.';
        return bytes;
    }
}
