using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Multiproc.Tests.Pool;

namespace Multiproc.Tests.Processes;

/// <summary>Code of a plug-in, which a new process does not have: refused where it would begin one, and not in the child.</summary>
[Collection(nameof(GlobalSettings))]
public sealed class PluginTests : IDisposable
{
    private const string Source = """
        using System;
        namespace PlugIn;

        public sealed record Value(int Number);

        public interface ITool { int Use(); }

        public sealed class Tool : ITool { public int Use() => 5; }

        public static class Work
        {
            public static void Run() { }
            public static int Square(int x) => x * x;
            public static object Make() => new Value(3);
            public static Action Captured() { int x = 5; return () => Console.WriteLine(x); }
        }

        public sealed class Child : Multiproc.ChildProcess { protected override void Run() { } }
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("plugin-");
    private readonly AssemblyLoadContext _context = new("the plug-ins", isCollectible: true);
    private readonly MultiprocOptions _options = Mp.Options;
    private readonly Assembly _plugin;

    public PluginTests()
    {
        string file = Path.Combine(_folder.FullName, "PlugIn.dll");
        var references = (
            (string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(static path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create(
            "PlugIn", [CSharpSyntaxTree.ParseText(Source)], references, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        compilation.Emit(file).Success.ShouldBeTrue();
        _plugin = _context.LoadFromAssemblyPath(file);
    }

    public static TheoryData<StartMethod> NewProcesses => [StartMethod.Spawn, StartMethod.ForkServer];

    public void Dispose()
    {
        Mp.Configure(_options);
        _context.Unload();
        _folder.Delete(recursive: true);
    }

    [Theory]
    [MemberData(nameof(NewProcesses))]
    public void Process_OfAPlugIn_ThrowsAtItsStart(StartMethod method)
    {
        var context = Mp.GetContext(method);
        Refused(() => context.Process(Run()).Start());
        Refused(() => context.Process(_plugin.GetType("PlugIn.Work")!.GetMethod("Captured")!.CreateDelegate<Func<Action>>()()).Start());
        Refused(() => context.Process(static value => Console.WriteLine(value), Value()).Start());
        Refused(() => context.Process(static value => Console.WriteLine(value), new List<object> { Value() }).Start());
        Refused(() => context.Process(static value => Console.WriteLine(value), _plugin.GetType("PlugIn.Value")!.MakeArrayType()).Start());
    }

    [Fact]
    public void Subclass_OfAPlugIn_ThrowsAtItsStart() => Refused(() => ((ChildProcess)Make("Child")).Start());

    [Fact]
    public void RefusedProcess_LeavesNothing_AndCanBeStartedNoBetter()
    {
        using var process = Mp.Process(Run());
        Refused(process.Start);
        process.Pid.ShouldBeNull();
        process.IsAlive.ShouldBeFalse();
        Refused(process.Start);
    }

    [Theory]
    [MemberData(nameof(NewProcesses))]
    public void Pool_WithAnInitializerOfAPlugIn_ThrowsAtOnce(StartMethod method)
    {
        var context = Mp.GetContext(method);
        Refused(() => context.Pool(1, initializer: Run()));
        Refused(() => context.Pool(1, finalizer: Run()));
    }

    [Fact]
    public void Pool_TaskOfAPlugIn_FailsAlone()
    {
        using var pool = Mp.Pool(1);
        var square = _plugin.GetType("PlugIn.Work")!.GetMethod("Square")!.CreateDelegate<Func<int, int>>();
        Should.Throw<SerializationException>(() => pool.ApplyAsync(square, 5).Get(Bounded.Time)).Message.ShouldContain("PlugIn");
        Should.Throw<SerializationException>(() => pool.MapAsync(square, [1, 2]).Get(Bounded.Time)).Message.ShouldContain("PlugIn");
        Should.Throw<SerializationException>(() => pool.ApplyAsync(static value => 1, Value()).Get(Bounded.Time)).Message.ShouldContain("PlugIn");
        pool.ApplyAsync(static () => 7).Get(Bounded.Time).ShouldBe(7);
    }

    [Fact]
    public void Manager_WithCodeOfAPlugIn_ThrowsAtItsStart()
    {
        var tool = _plugin.GetType("PlugIn.Tool")!;
        Refused(() => new PlugInManager().Start(Run()));
        PlugInManager.Register("Made", _plugin.GetType("PlugIn.Work")!.GetMethod("Make")!.CreateDelegate<Func<object>>());
        Refused(() => new PlugInManager().Start());
        typeof(OtherPlugInManager).BaseType!.GetMethods().Single(static each => each.Name == "Register" && each.IsGenericMethodDefinition)
            .MakeGenericMethod(_plugin.GetType("PlugIn.ITool")!, tool).Invoke(null, ["Tool", false]);
        Refused(() => new OtherPlugInManager().Start());
    }

    [Fact]
    public void Configure_WithCodeOfAPlugIn_ThrowsAndChangesNothing()
    {
        var before = Mp.Options;
        Refused(() => Mp.Configure(before with { WarmHosts = before.WarmHosts with { WarmUp = Run() } }));
        var reducer = (Reducer)typeof(Reducer).GetMethod(nameof(Reducer.For))!.MakeGenericMethod(_plugin.GetType("PlugIn.Value")!, typeof(int))
            .Invoke(
                null,
                [ReduceOf(
                    typeof(Func<,>).MakeGenericType(_plugin.GetType("PlugIn.Value")!, typeof(int))), ReduceOf(
                        typeof(Func<,>).MakeGenericType(typeof(int), _plugin.GetType("PlugIn.Value")!))])!;
        Refused(() => Mp.Configure(before with { Reducers = [reducer] }));
        Mp.Options.ShouldBeSameAs(before);
    }

    [Fact]
    public void InProcess_HasAllCodeOfItsProcess()
    {
        using var process = Mp.GetContext(StartMethod.InProcess).Process(Run());
        process.Start();
        process.Join(Bounded.Time).ShouldBeTrue();
        process.ExitCode.ShouldBe(0);
    }

    [Fact]
    public void AssemblyThatWasLoadedFromAFile_IsNoneOfTheApp()
    {
        string copy = Path.Combine(_folder.FullName, "Elsewhere.dll");
        var references = (
            (string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(static path => MetadataReference.CreateFromFile(path));
        CSharpCompilation.Create("Elsewhere", [CSharpSyntaxTree.ParseText(
            "public static class Elsewhere { public static void Run() { } }", cancellationToken: TestContext.Current.CancellationToken)], references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary)).Emit(copy,
            cancellationToken: TestContext.Current.CancellationToken).Success.ShouldBeTrue();
        var run = Assembly.LoadFrom(copy).GetType("Elsewhere")!.GetMethod("Run")!.CreateDelegate<Action>();
        Should.Throw<SerializationException>(() => Mp.Process(run).Start()).Message.ShouldContain("does not belong to the app");
    }

    private static void Refused(Action start)
    {
        string message = Should.Throw<SerializationException>(start).Message;
        message.ShouldContain("PlugIn");
        message.ShouldContain("the load context 'the plug-ins'");
        message.ShouldContain("LoadFromAssemblyPath");
    }

    /// <summary>A delegate of a type whose code is nobody's: it is never called.</summary>
    private static Delegate ReduceOf(Type type)
    {
        var parameter = System.Linq.Expressions.Expression.Parameter(type.GenericTypeArguments[0]);
        return System.Linq.Expressions.Expression.Lambda(type, System.Linq.Expressions.Expression.Default(type.GenericTypeArguments[1]), parameter).Compile();
    }

    private Action Run() => _plugin.GetType("PlugIn.Work")!.GetMethod("Run")!.CreateDelegate<Action>();

    private object Value() => Make("Value", 3);

    private object Make(string type, params object[] arguments) => Activator.CreateInstance(_plugin.GetType($"PlugIn.{type}")!, arguments)!;

    private sealed class PlugInManager : BaseManager<PlugInManager>;

    private sealed class OtherPlugInManager : BaseManager<OtherPlugInManager>;
}
