using System.Text.Json;
using Akka.Configuration;
using Akka.Configuration.Hocon;
using Multiproc.Actors.Options;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Architecture;

/// <summary>The settings file and the records say the same.</summary>
public sealed class ReferenceConfTests
{
    private static readonly string s_file = Repository.Path("hocon", "reference.conf");

    [Fact]
    public void ReferenceConf_Loaded_IsTheDefaults() =>
        JsonSerializer.Serialize(MultiprocOptions.Load(s_file)).ShouldBe(JsonSerializer.Serialize(new MultiprocOptions()));

    [Fact]
    public void ReferenceConf_NamesEveryOption() =>
        KeysIn(ConfigurationFactory.ParseString(File.ReadAllText(s_file)).GetValue("multiproc").GetObject(), "multiproc").Order(StringComparer.Ordinal)
            .ShouldBe(KeysOf(typeof(MultiprocOptions), "multiproc").Order(StringComparer.Ordinal));

    [Fact]
    public void Load_ProcessOfPools_IsRead()
    {
        var process = Load("""
            multiproc.pool.process {
              memory-limit = 512MiB
              affinity = [0, 1]
              niceness = 5
              environment { TZ = UTC }
              termination-grace = 1s
            }
            """).Pool.Process;
        (process.MemoryLimit, process.Niceness, process.TerminationGrace).ShouldBe((512L << 20, 5, TimeSpan.FromSeconds(1)));
        process.Affinity.ShouldBe([0, 1]);
        process.Environment!["TZ"].ShouldBe("UTC");
        Should.Throw<ArgumentOutOfRangeException>(() => Load("multiproc.pool.process.niceness = 20")).Message.ShouldContain("Niceness");
    }

    [Fact]
    public void Load_UnknownKey_IsNamed() =>
        Should.Throw<InvalidOperationException>(() => Load("multiproc.pool.max-in-fligth = 3")).Message.ShouldContain("max-in-fligth");

    [Fact]
    public void Load_WrongKindOfValue_IsNamed() =>
        Should.Throw<InvalidOperationException>(() =>
            Load("multiproc.pool.max-in-flight = many")).Message.ShouldContain("multiproc.pool.max-in-flight must be a number");

    [Theory]
    [InlineData("connections.handshake-timeout = 200ms", "00:00:00.2000000")]
    [InlineData("connections.handshake-timeout = 1m", "00:01:00")]
    public void Load_Durations_HaveUnits(string line, string expected) => Load($"multiproc.{line}").Connections.HandshakeTimeout.ToString().ShouldBe(expected);

    [Fact]
    public void Load_ListsOfLists_AreRead() =>
        Load("multiproc.pool.worker-affinity = [[0], [0, 1]]").Pool.WorkerAffinity!.Select(static set => set.Count).ShouldBe([1, 2]);

    [Fact]
    public void Load_None_IsNull() => Load("multiproc.pool.task-timeout = none").Pool.TaskTimeout.ShouldBeNull();

    [Theory]
    [InlineData("multiproc.pool.retries = none")]
    [InlineData("multiproc.pool = 3")]
    [InlineData("multiproc.pool.measure-tasks = perhaps")]
    [InlineData("multiproc.connections.handshake-timeout = -5s")]
    [InlineData("multiproc.connections.max-frame-bytes = 3GiB")]
    [InlineData("multiproc.warm-hosts.preload = some")]
    public void Load_ValueThatDoesNotFit_NamesItsKey(string line) =>
        Should.Throw<InvalidOperationException>(() => Load(line)).Message.ShouldContain(line[..line.IndexOf(' ', StringComparison.Ordinal)]);

    [Fact]
    public void Load_AkkaSection_ReachesTheActorSystem()
    {
        var options = Load("""
            multiproc.pool.retries = 1
            akka.actor.creation-timeout = 7s
            """);
        (options.Pool.Retries, options.Akka.Contains("creation-timeout = 7s", StringComparison.Ordinal)).ShouldBe((1, true));
    }

    [Fact]
    public void Load_OutOfRange_IsRefused() =>
        Should.Throw<ArgumentOutOfRangeException>(() => Load("multiproc.connections.max-unauthenticated = 0"));

    [Fact]
    public void Load_NotHocon_IsRefused() => Should.Throw<InvalidOperationException>(() => Load("multiproc { pool = [1, "));

    [Fact]
    public void Load_NoSuchFile_IsNamed() =>
        Should.Throw<FileNotFoundException>(() => MultiprocOptions.Load("no-such.conf")).Message.ShouldContain("no-such.conf");

    [Fact]
    public void Configure_ChildrenHaveTheSame()
    {
        var before = Mp.Options;
        try
        {
            Mp.Configure(before with { Pool = before.Pool with { MaxInFlight = 77 } });
            using var queue = Mp.Queue<int>();
            InChild.Run(() => queue.Put(Mp.Options.Pool.MaxInFlight));
            queue.Get(InChild.Bound).ShouldBe(77);
        }
        finally
        {
            Mp.Configure(before);
        }
    }

    private static MultiprocOptions Load(string text)
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, text);
            return MultiprocOptions.Load(file);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static IEnumerable<string> KeysIn(HoconObject section, string prefix) => section.Items.SelectMany(each => each.Value.IsObject()
        ? KeysIn(each.Value.GetObject(), $"{prefix}.{each.Key}")
        : [$"{prefix}.{each.Key}"]);

    private static IEnumerable<string> KeysOf(Type options, string prefix) =>
        HoconOptions.KeysOf(options).SelectMany(each => HoconOptions.IsSection(each.Property.PropertyType)
        ? KeysOf(each.Property.PropertyType, $"{prefix}.{each.Key}")
        : [$"{prefix}.{each.Key}"]);
}
