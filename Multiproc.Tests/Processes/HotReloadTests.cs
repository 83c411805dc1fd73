using System.Reflection;
using System.Reflection.Metadata;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using Multiproc.Host.Ps;
using Multiproc.Processes;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Processes;

/// <summary>
/// A program that Hot Reload has changed is told that its children run the code as built. Each test has a process of its own: a program is told once.
/// </summary>
public sealed class HotReloadTests
{
    private static readonly Dictionary<string, string?> s_modifiable = new() { ["DOTNET_MODIFIABLE_ASSEMBLIES"] = "debug" };

    [Fact]
    public void ProgramThatIsChanged_WithARealUpdate_IsToldOnceItHasAChild_ByLogAndPs() => InProgram(s_modifiable, static () =>
    {
        Update();
        Told().ShouldBeFalse("it has no children");
        ProcessTable.IsChangedByHotReload(Environment.ProcessId).ShouldBeTrue();
        StartAChild();
        Told().ShouldBeTrue();
        StartAChild();
        Handlers().ForEach(static each => each([typeof(HotReloadTests)]));
        s_said.ToString().Split("Hot Reload").Length.ShouldBe(2, "once");
    });

    [Fact]
    public void ProgramWithAChild_IsToldAtOnce() => InProgram(null, static () =>
    {
        using var end = Mp.Event();
        using var child = Mp.Process(static end => end.Wait(), end);
        child.Start();
        Handlers().ForEach(static each => each([typeof(HotReloadTests)]));
        Told().ShouldBeTrue();
        end.Set();
        child.Join();
    });

    [Fact]
    public void ProgramThatIsNotChanged_IsToldNothing() => InProgram(null, static () =>
    {
        Handlers().ForEach(static each => each([typeof(Mp)]));
        StartAChild();
        Told().ShouldBeFalse("only the library was changed");
        ProcessTable.IsChangedByHotReload(Environment.ProcessId).ShouldBeFalse();
    });

    private static readonly StringWriter s_said = new();

    private static bool Told() =>
        s_said.ToString().Contains("was changed by Hot Reload. Its child processes run the code as it was built", StringComparison.Ordinal);

    private static void InProgram(IReadOnlyDictionary<string, string?>? environment, Action body)
    {
        using var failures = Mp.Queue<string>();
        using var process = Mp.Process(RunAndTell, body, failures, options: new ProcessOptions { Environment = environment });
        process.Start();
        process.Join(InChild.Bound).ShouldBeTrue("the program under test ends");
        failures.TryGet(out string? failure).ShouldBeFalse(failure);
        process.ExitCode.ShouldBe(0);
    }

    private static void RunAndTell(Action body, SharedQueue<string> failures)
    {
        Console.SetError(s_said);
        try
        {
            body();
        }
        catch (Exception failure)
        {
            failures.Put(failure.ToString());
        }
    }

    private static void StartAChild()
    {
        using var child = Mp.Process(static () => { });
        child.Start();
        child.Join(InChild.Bound).ShouldBeTrue("the child ends");
    }

    /// <summary>What agents of Hot Reload look for in every assembly, and call after each change.</summary>
    private static List<Action<Type[]?>> Handlers() =>
    [
        .. AppDomain.CurrentDomain.GetAssemblies().SelectMany(static each => each.GetCustomAttributes<MetadataUpdateHandlerAttribute>())
            .Where(static each => each.HandlerType == typeof(HotReload))
            .Select(static each => each.HandlerType.GetMethod("UpdateApplication", BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)!
                .CreateDelegate<Action<Type[]?>>()),
    ];

    /// <summary>Changes a method while the program runs, as dotnet watch does.</summary>
    private static void Update()
    {
        MetadataUpdater.IsSupported.ShouldBeTrue();
        var before = Compile("public class Changed { public static int Answer() { return 1; } }");
        using var peStream = new MemoryStream();
        using var pdbStream = new MemoryStream();
        before.Emit(peStream, pdbStream, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.PortablePdb)).Success.ShouldBeTrue();
        var assembly = Assembly.Load(peStream.ToArray(), pdbStream.ToArray());
        var answer = assembly.GetType("Changed")!.GetMethod("Answer")!;
        answer.Invoke(null, null).ShouldBe(1);
        var after = Compile("public class Changed { public static int Answer() { return 2; } }");
        using var metadata = ModuleMetadata.CreateFromImage(peStream.ToArray());
        pdbStream.Position = 0;
        using var provider = MetadataReaderProvider.FromPortablePdbStream(pdbStream);
        var reader = provider.GetMetadataReader();
        var baseline = EmitBaseline.CreateInitialBaseline(
            before, metadata, static _ => default, handle => reader.GetLocalSignature(handle), hasPortableDebugInformation: true);
        using var metadataDelta = new MemoryStream();
        using var ilDelta = new MemoryStream();
        using var pdbDelta = new MemoryStream();
        after.EmitDifference(
            baseline, [new SemanticEdit(SemanticEditKind.Update, Method(before), Method(after))], static _ => false, metadataDelta, ilDelta, pdbDelta)
            .Success.ShouldBeTrue();
        MetadataUpdater.ApplyUpdate(assembly, metadataDelta.ToArray(), ilDelta.ToArray(), pdbDelta.ToArray());
        answer.Invoke(null, null).ShouldBe(2, "the program was changed indeed");
        Handlers().ShouldHaveSingleItem()([assembly.GetType("Changed")!]);
    }

    private static CSharpCompilation Compile(string source) => CSharpCompilation.Create(
        "Changing", [CSharpSyntaxTree.ParseText(source, encoding: Encoding.UTF8, path: "Changed.cs")],
        [MetadataReference.CreateFromFile(typeof(object).Assembly.Location)],
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Debug));

    private static ISymbol Method(CSharpCompilation compilation) => compilation.GetTypeByMetadataName("Changed")!.GetMembers("Answer").Single();
}

file static class Readers
{
    /// <summary>The signature of a method's local variables, as its debug information has it.</summary>
    public static StandaloneSignatureHandle GetLocalSignature(this MetadataReader reader, MethodDefinitionHandle method) =>
        reader.GetMethodDebugInformation(method.ToDebugInformationHandle()).LocalSignature;
}
