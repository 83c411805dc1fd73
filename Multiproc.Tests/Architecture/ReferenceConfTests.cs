using System.Reflection;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Architecture;

/// <summary>The settings file and the records say the same.</summary>
public sealed class ReferenceConfTests
{
    private static readonly string s_file = Repository.Path("hocon", "reference.conf");

    [Fact]
    public void ReferenceConf_Loaded_IsTheDefaults() => JsonSerializer.Serialize(MultiprocOptions.Load(s_file)).ShouldBe(JsonSerializer.Serialize(new MultiprocOptions()));

    [Fact]
    public void ReferenceConf_NamesEveryOption()
    {
        // A key whose default is nothing has no value, like a section; but it has no keys below it.
        var all = new ConfigurationBuilder().AddJsonFile(s_file).Build().AsEnumerable().Select(pair => pair.Key).ToList();
        var keys = all.Where(key => !all.Exists(other => other.StartsWith(key + ":", StringComparison.Ordinal)));
        keys.Order(StringComparer.OrdinalIgnoreCase).ShouldBe(KeysOf(typeof(MultiprocOptions), "multiproc").Order(StringComparer.OrdinalIgnoreCase), StringComparer.OrdinalIgnoreCase);
    }

    [Fact]
    public void Load_ProcessOfPools_IsRead()
    {
        var process = Load("""
            { "multiproc": { "pool": { "process": { "memoryLimit": 536870912, "affinity": [0, 1], "niceness": 5, "environment": { "TZ": "UTC" }, "terminationGrace": "00:00:01" } } } }
            """).Pool.Process;
        (process.MemoryLimit, process.Niceness, process.TerminationGrace).ShouldBe((512L << 20, 5, TimeSpan.FromSeconds(1)));
        process.Affinity.ShouldBe([0, 1]);
        process.Environment!["TZ"].ShouldBe("UTC");
        Should.Throw<ArgumentOutOfRangeException>(() => Load("""{ "multiproc": { "pool": { "process": { "niceness": 20 } } } }""")).Message.ShouldContain("Niceness");
    }

    [Fact]
    public void Load_UnknownKey_IsNamed() =>
        Should.Throw<InvalidOperationException>(() => Load("""{ "multiproc": { "pool": { "maxInFligth": 3 } } }""")).Message.ShouldContain("maxInFligth");

    [Fact]
    public void Load_WrongKindOfValue_IsNamed() =>
        Should.Throw<InvalidOperationException>(() => Load("""{ "multiproc": { "pool": { "maxInFlight": "many" } } }""")).Message.ShouldContain("maxInFlight", Case.Insensitive);

    [Fact]
    public void Load_OutOfRange_IsRefused() =>
        Should.Throw<ArgumentOutOfRangeException>(() => Load("""{ "multiproc": { "connections": { "maxUnauthenticated": 0 } } }"""));

    [Fact]
    public void Load_NotJson_IsRefused() => Should.Throw<InvalidOperationException>(() => Load("multiproc {"));

    [Fact]
    public void Load_NoSuchFile_IsNamed() => Should.Throw<FileNotFoundException>(() => MultiprocOptions.Load("no-such.conf")).Message.ShouldContain("no-such.conf");

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

    /// <summary>A delegate cannot stand in a file, nor what is made of delegates.</summary>
    private static IEnumerable<string> KeysOf(Type options, string prefix) => options
        .GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => !typeof(Delegate).IsAssignableFrom(property.PropertyType) && property.PropertyType != typeof(IReadOnlyList<Reducer>))
        .SelectMany(property => property.PropertyType.Name.EndsWith("Options", StringComparison.Ordinal)
            ? KeysOf(property.PropertyType, $"{prefix}:{property.Name}")
            : [$"{prefix}:{property.Name}"]);
}
