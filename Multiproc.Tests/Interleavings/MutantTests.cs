using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Multiproc.Interleavings;

namespace Multiproc.Tests.Interleavings;

/// <summary>
/// The explorer finds bugs: each mutant is the product's own text with one step left out, or two in another order, compiled anew with the scenarios.
/// </summary>
public sealed class MutantTests
{
    private const string Usings = """
        global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; global using System.Threading;
        global using System.Threading.Tasks;
        """;

    private static readonly CSharpParseOptions s_parsing = new(LanguageVersion.Preview);

    /// <summary>A file, what is left out of it, and what stands there in its place.</summary>
    private static readonly Dictionary<string, (string Scenario, string File, string Text, string Instead)> s_mutants = new()
    {
        ["a release that forgets the waiters"] =
            ("lock, 2 processes", "LockCell.cs", "(word & Contended) != 0 ? HandOff | (word & Flags) : word & Abandoned", "word & Abandoned"),
        ["a death after the hand-off that is not looked for"] =
            ("lock, 2 processes", "LockState.cs", "if (life is LifecycleEvent.ProcessGone gone)",
                "if (life is LifecycleEvent.ProcessGone gone && !cell.IsHandOff)"),
        ["a lock that came too late and is not taken back"] =
            ("lock, 2 processes, one of which gives up", "LockState.cs", "TakeBack(given.Waiter, effects);", ""),
        ["a lock taken without comparing"] =
            ("lock, 2 processes", "LockCell.cs", "if (Interlocked.CompareExchange(ref _words[0], owner | (word & Flags), word) != word)",
                "if (Interlocked.Exchange(ref _words[0], owner | (word & Flags)) == -1)"),
        ["permits of the dead that are not counted first"] =
            ("semaphore, 2 processes, 1 permits", "SemaphoreCell.cs", "while (!TryCount())\n        {\n        }", ""),
        ["a balance that is counted twice"] =
            ("semaphore, 2 processes, 2 permits, 2 deaths", "SemaphoreCell.cs",
                "if (Includes(counted, word))\n        {\n            return true;\n        }", ""),
        ["a permit whose messenger died"] =
            ("semaphore, 2 processes, 1 permits", "SemaphoreState.cs", "the permit is in the cell.\n        GrantAll(effects);", "the permit is in the cell."),
        ["a waiter announced at an event that is set"] =
            ("event, 2 processes", "EventCell.cs", "if ((word & Flag) != 0)\n            {\n                return false;\n            }", ""),
        ["a call whose messenger died"] =
            ("event, 2 processes", "EventState.cs",
                "CallTheCalled(effects);\n        _waiters.Handle(life, now, effects);", "_waiters.Handle(life, now, effects);"),
        ["a zero whose messenger died"] =
            ("countdown, 1 signallers, 2 waiters", "CountdownState.cs",
                "LetGoIfReached(effects);\n        _waiters.Handle(life, now, effects);", "_waiters.Handle(life, now, effects);"),
        ["a last signal that forgets the waiters"] =
            ("countdown, 1 signallers, 2 waiters", "CountdownCell.cs",
                "word == count ? SignalOutcome.Reached : SignalOutcome.NeedsNode", "SignalOutcome.Reached"),
        ["readers that are counted before the lock is closed"] =
            ("read-write lock, 1 readers and a writer", "ReadWriteState.Granting.cs",
                "CloseOrOpen();\n        if (_cell.Readers == 0", "if (_cell.Readers == 0"),
        ["a reader that leaves and does not say so"] =
            ("read-write lock, 1 readers and a writer", "SemaphoreCell.GiveBack.cs",
                "return (word & WaitersBit) != 0 ? PermitOutcome.NeedsNode : PermitOutcome.Done;", "return PermitOutcome.Done;"),
        ["a hold of a dead reader that stays"] =
            ("read-write lock, 1 readers and a writer", "Readers.cs", "cell.Reclaim(slot);", ""),
        ["a party that does not look again"] =
            ("barrier, 2 parties", "BarrierScenario.cs", "wakes || cell.MustBeRead(Processes)", "wakes"),
        ["a notification whose messenger died"] =
            ("condition, 1 waiters", "ConditionState.cs", "ReadCalls(effects);\n        switch (command)",
                "if (command is ConditionCommand.ReadCalls)\n        {\n            ReadCalls(effects);\n        }\n\n        switch (command)"),
        ["a notification whose receiver died"] =
            ("condition, 2 waiters", "ConditionState.cs",
                "_unacknowledged.Remove(caller);\n            Notify(new Notification(1, upTo), effects);", "_unacknowledged.Remove(caller);"),
        ["a claim of another batch"] =
            ("slots of items ahead", "AheadCell.cs", "(uint)(word >> BatchShift) != batch || index >= EndOf(word)", "index >= EndOf(word)"),
        ["a batch called back in two steps"] =
            ("slots of items ahead", "AheadCell.cs", "long word = Interlocked.Exchange(ref Claims(slot), 0);",
                "long word = Volatile.Read(ref Claims(slot)); Volatile.Write(ref Claims(slot), 0);"),
        ["a record published before it is written"] =
            ("ring", "RingWriter.cs", "byte* target = _data + offset + HeaderBytes;\n        head",
                "byte* target = _data + offset + HeaderBytes; Volatile.Write(ref _control->Tail, _tail + pad + needed);\n        head"),
        ["a record released before it is read"] =
            ("ring", "RingReader.cs", "record = new ReadOnlySpan<byte>(_data + offset + HeaderBytes, length);",
                "record = new ReadOnlySpan<byte>(_data + offset + HeaderBytes, length); Release();"),
        ["a writer that waits and does not say so"] =
            ("ring", "RingWriter.cs", "Volatile.Write(ref _control->WriterWaits, 1);", ""),
        ["a bell that looks for the sleeper first"] =
            ("doorbell, 1 senders, the leader sleeps", "Doorbell.cs",
                "Interlocked.Or(ref _ready[link >> 6], 1L << (link & 63));\n        int sleeper = Volatile.Read(ref *_sleeper);",
                "int sleeper = Volatile.Read(ref *_sleeper);\n        Interlocked.Or(ref _ready[link >> 6], 1L << (link & 63));"),
        ["a sleeper whose waker died"] =
            ("doorbell, 1 senders, the pump sleeps", "Doorbell.cs", "WakeUp(PumpSleeps);\n        WakeUp(LeaderSleeps);", ""),
        ["an owner that falls asleep without a second look"] =
            ("doorbell, 1 senders, the leader sleeps", "DoorbellScenario.cs", "if (!doorbell.AnyReady(Links))\n        {\n            doorbell.Sleep(",
                "{\n            doorbell.Sleep("),
    };

    private static readonly Lazy<MetadataReference[]> s_references = new(static () =>
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(static path => path != typeof(AllScenarios).Assembly.Location).Select(static path => MetadataReference.CreateFromFile(path))]);

    /// <summary>The first of each scenario; all where long searches are wanted too.</summary>
    public static TheoryData<string> Mutants => Environment.GetEnvironmentVariable("MULTIPROC_INTERLEAVINGS") == "all"
        ? [.. s_mutants.Keys]
        : [.. s_mutants.DistinctBy(static mutant => mutant.Value.Scenario).Select(static mutant => mutant.Key)];

    [Theory]
    [MemberData(nameof(Mutants))]
    public void Mutant_OfAProtocol_IsFound(string mutant)
    {
        var (scenario, file, text, instead) = s_mutants[mutant];
        string? broken = Explore(scenario, file, text, instead);
        broken.ShouldNotBeNull($"{mutant}: no interleaving breaks an invariant");
        TestContext.Current.TestOutputHelper!.WriteLine(broken);
    }

    [Fact]
    public void Sources_CompiledAnewUnchanged_AreAsGoodAsTheOriginal() => Explore("event, 2 processes", "", "", "").ShouldBeNull();

    private static string? Explore(string scenario, string file, string text, string instead)
    {
        var context = new AssemblyLoadContext("a mutant", isCollectible: true);
        try
        {
            using var image = Compiled(file, text, instead);
            var type = context.LoadFromStream(image).GetType(typeof(AllScenarios).FullName!)!;
            var explore = type.GetMethod(nameof(AllScenarios.Explore))!;
            return (((int, int, string?))explore.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [scenario], null)!).Item3;
        }
        finally
        {
            context.Unload();
        }
    }

    private static MemoryStream Compiled(string file, string text, string instead)
    {
        var original = typeof(AllScenarios).Assembly;
        bool isChanged = file.Length == 0;
        var trees = new List<SyntaxTree> { CSharpSyntaxTree.ParseText(Usings, s_parsing) };
        foreach (string name in original.GetManifestResourceNames().Where(static name => name.EndsWith(".cs", StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(original.GetManifestResourceStream(name)!);
            string source = reader.ReadToEnd();
            if (name == file)
            {
                source.Split(text).Length.ShouldBe(2, $"{file} has this once: {text}");
                source = source.Replace(text, instead, StringComparison.Ordinal);
                isChanged = true;
            }

            trees.Add(CSharpSyntaxTree.ParseText(source, s_parsing, name));
        }

        isChanged.ShouldBeTrue($"there is a source {file}");
        var compilation = CSharpCompilation.Create(
            original.GetName().Name, trees, s_references.Value,
            new CSharpCompilationOptions(
                OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, allowUnsafe: true,
                nullableContextOptions: NullableContextOptions.Enable));
        var image = new MemoryStream();
        var emitted = compilation.Emit(image);
        emitted.Success.ShouldBeTrue(string.Join('\n', emitted.Diagnostics.Where(static each => each.Severity == DiagnosticSeverity.Error)));
        image.Position = 0;
        return image;
    }
}
