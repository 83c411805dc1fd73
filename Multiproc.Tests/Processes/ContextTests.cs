using System.Globalization;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Processes;

/// <summary>Contexts and start methods. Numbers are those of the conformance list.</summary>
[Collection(nameof(GlobalSettings))]
public sealed class ContextTests : IDisposable
{
    /// <summary>Others of this program have used the default before.</summary>
    public ContextTests() => Mp.SetStartMethod(null, force: true);

    public void Dispose() => Mp.SetStartMethod(null, force: true);

    [Fact]
    public void GetAllStartMethods_DefaultFirst() =>
        Mp.GetAllStartMethods().ShouldBe([StartMethod.Spawn, StartMethod.ForkServer, StartMethod.InProcess]); // CTX-01

    [Theory]
    [InlineData("spawn", StartMethod.Spawn)]
    [InlineData("forkserver", StartMethod.ForkServer)]
    [InlineData("inprocess", StartMethod.InProcess)]
    public void GetContext_KnownName_IsOneContextWithThatMethod(string name, StartMethod method)
    {
        // CTX-02
        var context = Mp.GetContext(name);
        context.GetStartMethod().ShouldBe(method);
        context.GetContext().ShouldBeSameAs(context);
        Mp.GetContext(method).ShouldBeSameAs(context);
    }

    [Fact]
    public void GetContext_UnknownNameOrFork_SaysWhatThereIs()
    {
        // CTX-03
        Should.Throw<ArgumentException>(() => Mp.GetContext("thread")).Message.ShouldContain("'spawn', 'forkserver' and 'inprocess'");
        Should.Throw<ArgumentException>(() => Mp.GetContext("fork")).Message.ShouldContain("garbage collector");
        Should.Throw<ArgumentException>(() => Mp.GetContext(StartMethod.Fork)).Message.ShouldContain("ForkServer");
        Should.Throw<ArgumentException>(() => Mp.SetStartMethod((StartMethod)17));
    }

    [Fact]
    public void ConcreteContext_MethodIsFixed()
    {
        // CTX-04
        var context = Mp.GetContext(StartMethod.Spawn);
        Should.Throw<ArgumentException>(() => context.SetStartMethod(StartMethod.ForkServer));
        Should.Throw<ArgumentException>(() => context.SetStartMethod(null, force: true));
    }

    [Fact]
    public void DefaultContext_FixesItsMethodAtFirstUse()
    {
        // CTX-06, CTX-07
        Mp.GetStartMethod(allowNone: true).ShouldBeNull();
        Mp.SetStartMethod("forkserver");
        Mp.GetStartMethod().ShouldBe(StartMethod.ForkServer);
        Should.Throw<InvalidOperationException>(() => Mp.SetStartMethod(StartMethod.Spawn)).Message.ShouldContain("already been set");
        Mp.SetStartMethod(StartMethod.InProcess, force: true);
        Mp.GetContext().GetStartMethod().ShouldBe(StartMethod.InProcess); // CTX-08
        Mp.SetStartMethod(null, force: true);
        Mp.GetStartMethod(allowNone: true).ShouldBeNull();
        Mp.GetStartMethod().ShouldBe(StartMethod.Spawn);
        Should.Throw<InvalidOperationException>(() => Mp.SetStartMethod(StartMethod.Spawn));
    }

    [Theory]
    [InlineData(StartMethod.Spawn)]
    [InlineData(StartMethod.ForkServer)]
    public void Child_HasItsContextsMethodAsItsOwnDefault(StartMethod method)
    {
        // CTX-05
        using var methods = Mp.Queue<StartMethod?>();
        using var process = Mp.GetContext(method).Process(static queue => queue.Put(Mp.GetStartMethod(allowNone: true)), methods);
        process.Start();
        methods.Get(InChild.Bound).ShouldBe(method);
        process.Join(InChild.Bound).ShouldBeTrue();
    }

    [Fact]
    public void Child_HasParentsEnvironmentDirectoryAndCulture()
    {
        // CTX-14, CTX-17
        var before = CultureInfo.DefaultThreadCurrentCulture;
        using var seen = Mp.Queue<string>();
        var culture = CultureInfo.GetCultures(CultureTypes.SpecificCultures).FirstOrDefault(each => each.Name == "de-CH", CultureInfo.InvariantCulture);
        try
        {
            Environment.SetEnvironmentVariable("MULTIPROC_TEST_INHERITED", "yes");
            CultureInfo.DefaultThreadCurrentCulture = culture;
            InChild.Run(() => InChild.Run(() => seen.Put(
                $"{Environment.GetEnvironmentVariable("MULTIPROC_TEST_INHERITED")} {Environment.CurrentDirectory} {CultureInfo.CurrentCulture.Name}")));
            seen.Get(InChild.Bound).ShouldBe($"yes {Environment.CurrentDirectory} {culture.Name}");
        }
        finally
        {
            Environment.SetEnvironmentVariable("MULTIPROC_TEST_INHERITED", null);
            CultureInfo.DefaultThreadCurrentCulture = before;
        }
    }

    [Fact]
    public void SetExecutable_AnotherPath_IsUsedOrNamed()
    {
        // CTX-13
        string dotnet = Multiproc.Processes.HostCommand.Current.Dotnet;
        try
        {
            Mp.SetExecutable("/no/such/dotnet");
            using var process = Mp.Process(static () => { });
            Should.Throw<ProcessStartException>(process.Start).Message.ShouldContain("/no/such/dotnet");
        }
        finally
        {
            Mp.SetExecutable(dotnet);
        }

        InChild.Run(static () => { });
    }

    [Fact]
    public void SetExecutable_ALinkToDotnet_IsWhatChildrenAreStartedWith()
    {
        // CTX-13
        string dotnet = Multiproc.Processes.HostCommand.Current.Dotnet;
        string link = Path.Combine(Mp.GetTempDir(), "another-dotnet");
        File.CreateSymbolicLink(link, dotnet);
        try
        {
            Mp.SetExecutable(link);
            using var seen = Mp.Queue<string>();
            InChild.Run(() => seen.Put(File.ReadAllText("/proc/self/cmdline").Split('\0')[0]));
            seen.GetNowait().ShouldBe(link);
        }
        finally
        {
            Mp.SetExecutable(dotnet);
        }
    }

    [Fact]
    public void CpuCounts_ArePositive()
    {
        // CTX-22
        Mp.CpuCount().ShouldBePositive();
        Mp.UsableCpuCount().ShouldBeInRange(1, Mp.CpuCount());
    }
}

/// <summary>Tests that change what holds for the whole program: not beside others.</summary>
[CollectionDefinition(nameof(GlobalSettings), DisableParallelization = true)]
public sealed class GlobalSettings;
