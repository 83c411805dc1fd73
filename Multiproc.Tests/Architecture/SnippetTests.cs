using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Multiproc.Tests.Architecture;

/// <summary>
/// What .NET users write first compiles, and what could not work does not. Each snippet is a statement, or several, of an asynchronous method.
/// </summary>
public sealed class SnippetTests
{
    private const string Setting = """
        using System;
        using System.Collections.Generic;
        using System.Linq;
        using System.Threading;
        using System.Threading.Tasks;
        using Multiproc;

        public interface ICounter { int Add(int by); Task<int> AddAsync(int by, CancellationToken cancellation); event EventHandler Changed; }

        public static class Snippet
        {
            private static void Work() { }
            private static void Greet(string name) { }
            private static void Greet(string name, int times) { }
            private static void Watch(CancellationToken token) { }
            private static void Watch(string name, CancellationToken token) { }
            private static void Over() { }
            private static void Over(string a) { }
            private static void Over(string a, string b) { }
            private static void Over(string a, CancellationToken token) { }
            private static Task WorkAsync() => Task.CompletedTask;
            private static Task GreetAsync(string name) => Task.CompletedTask;
            private static Task WatchAsync(CancellationToken token) => Task.CompletedTask;
            private static int Square(int x) => x * x;
            private static int SquareToken(int x, CancellationToken token) => x * x;
            private static int Add(int x, int y) => x + y;
            private static async IAsyncEnumerable<int> Numbers() { await Task.Yield(); yield return 1; }

            public static async Task Run(
                ProcessPool pool, PoolProxy proxies, SharedQueue<int> queue, DictionaryProxy<string, int> dictionary, ListProxy<int> list,
                SharedArray<int> array, int[] xs,
                SyncManager manager, CancellationToken token)
            {
                void Local() { }
                void LocalOf(string name) { }
                Task LocalAsync() => Task.CompletedTask;
                await Task.Yield();
        """;

    private static readonly MetadataReference[] s_references = [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
        .Select(static path => MetadataReference.CreateFromFile(path))];

    [Theory]
    // Processes: methods, lambdas, local functions, with arguments, names and tokens.
    [InlineData("Mp.Process(Work);")]
    [InlineData("Mp.Process(Work, \"name\");")]
    [InlineData("Mp.Process(Work, name: \"name\", daemon: true);")]
    [InlineData("Mp.Process(Local);")]
    [InlineData("Mp.Process(LocalOf, \"x\");")]
    [InlineData("Mp.Process(LocalAsync);")]
    [InlineData("Mp.Process(Greet, \"x\");")]
    [InlineData("Mp.Process(Greet, \"x\", 3);")]
    [InlineData("Mp.Process(Greet, \"x\", name: \"greeter\");")]
    [InlineData("Mp.Process(Console.WriteLine, \"x\");")]
    [InlineData("Mp.Process(static () => Console.WriteLine());")]
    [InlineData("Mp.Process(() => { });")]
    [InlineData("Mp.Process(static s => Console.WriteLine(s), \"text\");")]
    [InlineData("Mp.Process(s => Console.WriteLine(s), \"text\");")]
    [InlineData("Mp.Process(static s => { Console.WriteLine(s); }, \"text\");")]
    [InlineData("Mp.Process(static s => { Console.WriteLine(s.Length); }, \"text\", name: \"n\");")]
    [InlineData("Mp.Process(static (string s) => Console.WriteLine(s), \"text\");")]
    [InlineData("Mp.Process(static (a, b) => Console.WriteLine(a + b), \"a\", \"b\");")]
    [InlineData("Mp.Process(static (a, b) => Console.WriteLine(a + b), 1, \"b\");")]
    [InlineData("Mp.Process(static (a, b, c) => Console.WriteLine(a + b + c), \"a\", \"b\", \"c\");")]
    [InlineData("Mp.Process(static (a, b, c, d) => Console.WriteLine(a + b + c + d), \"a\", \"b\", \"c\", \"d\");")]
    [InlineData("Mp.Process(static n => Console.WriteLine(n), 5);")]
    [InlineData("Mp.Process(static q => q.Put(1), queue);")]
    [InlineData("Mp.Process(static (q, n) => q.Put(n), queue, 5);")]
    [InlineData("Mp.Process(static async () => await Task.Yield());")]
    [InlineData("Mp.Process(async () => { await Task.Yield(); });")]
    [InlineData("Mp.Process(static async s => { await Task.Yield(); Console.WriteLine(s); }, \"text\");")]
    [InlineData("Mp.Process(static async (a, b) => { await Task.Yield(); Console.WriteLine(a + b); }, \"a\", \"b\");")]
    [InlineData("Mp.Process(WorkAsync);")]
    [InlineData("Mp.Process(GreetAsync, \"x\");")]
    [InlineData("Mp.Process(Watch);")]
    [InlineData("Mp.Process(WatchAsync);")]
    [InlineData("Mp.Process(Watch, \"x\");")]
    [InlineData("Mp.Process(Over);")]
    [InlineData("Mp.Process(Over, \"x\");")]
    [InlineData("Mp.Process(Over, \"x\", \"y\");")]
    [InlineData("Mp.Process(Over, \"x\", \"y\", \"z\");")]
    [InlineData("Mp.Process(static token => token.WaitHandle.WaitOne());")]
    [InlineData("Mp.Process(static token => { token.WaitHandle.WaitOne(); }, name: \"waiter\");")]
    [InlineData("Mp.Process(static token => { token.ThrowIfCancellationRequested(); }, \"waiter\");")]
    [InlineData("Mp.Process(static async token => await Task.Delay(1, token));")]
    [InlineData("Mp.Process(static async token => await Task.Delay(1, token), name: \"waiter\");")]
    [InlineData("Mp.Process(static (s, token) => { token.ThrowIfCancellationRequested(); }, \"x\");")]
    [InlineData("Mp.Process(static async (n, token) => await Task.Delay(n, token), 5);")]
    [InlineData("Mp.Process(static (CancellationToken token) => token.ThrowIfCancellationRequested());")]
    [InlineData("Mp.GetContext(\"forkserver\").Process(static s => Console.WriteLine(s), \"text\");")]
    [InlineData("using var p = Mp.Process(Work); p.Start(); p.Join(); await p.JoinAsync(cancellation: token); await p.Exited;")]
    // Pools.
    [InlineData("int[] r = pool.Map(Square, xs);")]
    [InlineData("int[] r = pool.Map(static x => x * x, xs);")]
    [InlineData("int[] r = pool.Map(static x => x * x, Enumerable.Range(0, 9), chunkSize: 3);")]
    [InlineData("int[] r = pool.Map(SquareToken, xs);")]
    [InlineData("int[] r = pool.Map(static (x, token) => x, xs);")]
    [InlineData("int[] r = pool.Map(static x => x, xs, progress: new Progress<PoolProgress>(p => Console.WriteLine(p.Done)));")]
    [InlineData("int[] r = await pool.MapAsync(Square, xs);")]
    [InlineData("int[] r = await pool.MapAsync(static x => x, xs, callback: r => { }, errorCallback: e => { });")]
    [InlineData("int r = pool.Apply(Square, 5);")]
    [InlineData("int r = pool.Apply(Add, 5, 6);")]
    [InlineData("int r = pool.Apply(static () => 5);")]
    [InlineData("int r = pool.Apply(static x => x * x, 5);")]
    [InlineData("int r = pool.Apply(static (x, y) => x + y, 5, 6);")]
    [InlineData("int r = await pool.ApplyAsync(static x => x * x, 5);")]
    [InlineData("int r = await pool.ApplyAsync(Square, 5, cancellation: token);")]
    [InlineData("int r = pool.ApplyAsync(Square, 5, r => Console.WriteLine(r)).Get(TimeSpan.FromSeconds(1));")]
    [InlineData("pool.Apply(Work);")]
    [InlineData("pool.Apply(static () => Console.WriteLine());")]
    [InlineData("pool.Apply(Console.WriteLine, \"x\");")]
    [InlineData("pool.Apply(Greet, \"x\");")]
    [InlineData("pool.Apply(Greet, \"x\", 3);")]
    [InlineData("pool.Apply(static s => Console.WriteLine(s), \"text\");")]
    [InlineData("await pool.ApplyAsync(static s => Console.WriteLine(s), \"text\");")]
    [InlineData("await pool.ApplyAsync(static (a, b) => Console.WriteLine(a + b), \"a\", \"b\", callback: () => { });")]
    [InlineData("int[] r = pool.StarMap(Add, [(1, 2), (3, 4)]);")]
    [InlineData("int[] r = pool.StarMap(static (a, b) => a + b, xs.Zip(xs));")]
    [InlineData("Task<int> t = pool.ApplyAsync(Square, 5); await Task.WhenAll(t, pool.ApplyAsync(Square, 6).AsTask());")]
    // The results of an Imap.
    [InlineData("foreach (int r in pool.Imap(Square, xs)) { }")]
    [InlineData("await foreach (int r in pool.Imap(Square, xs)) { }")]
    [InlineData("await foreach (int r in pool.Imap(Square, xs).WithCancellation(token)) { }")]
    [InlineData("await foreach (int r in pool.Imap(Square, xs).ConfigureAwait(false)) { }")]
    [InlineData("await foreach (int r in pool.ImapUnordered(static x => x, Numbers())) { }")]
    [InlineData("var r = pool.Imap(Square, xs).Take(3);")]
    [InlineData("int[] r = pool.Imap(Square, xs).Take(3).ToArray();")]
    [InlineData("var r = pool.Imap(Square, xs).Select(x => x + 1).ToList();")]
    [InlineData("var r = pool.ImapUnordered(Square, xs).Where(x => x > 1).OrderBy(x => x).First();")]
    [InlineData("var r = from x in pool.Imap(Square, xs) where x > 1 select x + 1;")]
    [InlineData("int r = pool.Imap(Square, xs).Sum(); bool any = pool.Imap(Square, xs).Any(); int n = pool.Imap(Square, xs).Count();")]
    [InlineData("var r = pool.Imap(Square, xs).ToDictionary(x => x); var h = pool.Imap(Square, xs).ToHashSet(); var z = pool.Imap(Square, xs).Zip(xs);")]
    [InlineData("foreach (var (r, i) in pool.Imap(Square, xs).Select((r, i) => (r, i))) { }")]
    [InlineData("string s = string.Join(\", \", pool.Imap(Square, xs)); var l = new List<int>(pool.Imap(Square, xs)); int[] a = [.. pool.Imap(Square, xs)];")]
    [InlineData("int[] r = await pool.Imap(Square, xs).AsAsyncEnumerable().Take(3).ToArrayAsync(token);")]
    [InlineData("IEnumerable<int> r = pool.Imap(Square, xs); IAsyncEnumerable<int> a = pool.Imap(Square, xs).AsAsyncEnumerable();")]
    [InlineData("using var r = pool.Imap(Square, xs); int first = r.Next(TimeSpan.FromSeconds(1)); int second = await r.NextAsync(cancellation: token);")]
    [InlineData("var r = proxies.Imap(Square, xs).Take(3).ToArray(); await foreach (int x in proxies.ImapUnordered(Square, xs)) { }")]
    // Collections.
    [InlineData("int s = list.Sum(); var t = list.Take(3).ToList(); bool c = list.Contains(1); int n = list.Count;")]
    [InlineData("var t = list.Select(x => x).ToArray(); var o = list.OrderBy(x => x).First();")]
    [InlineData("int s = array.Sum(); var t = array.Take(3).ToList(); var o = array.Where(x => x > 1).ToArray();")]
    [InlineData("var k = dictionary.Keys.ToList(); var t = dictionary.Select(e => e.Value).Sum(); var d = dictionary.ToDictionary(e => e.Key, e => e.Value);")]
    [InlineData("foreach (var (key, value) in dictionary) { } if (dictionary.TryGetValue(\"a\", out int found)) { } dictionary[\"a\"] = 1;")]
    [InlineData("dictionary.Update(\"a\", x => x + 1); dictionary.Transact(t => { t[\"a\"] = 1; }); int r = dictionary.Transact(t => t[\"a\"]);")]
    [InlineData("await foreach (int x in queue.ReadAllAsync(token)) { }")]
    // Others.
    [InlineData("using var p = Mp.Pool(2, initializer: Work, finalizer: static () => { });")]
    [InlineData("using var b = Mp.Barrier(2, () => Console.WriteLine()); using var c = Mp.Barrier(2, Work);")]
    [InlineData("manager.Start(static () => Console.WriteLine());")]
    [InlineData("_ = new Finalizer(() => Console.WriteLine(), exitPriority: 1);")]
    [InlineData("BaseManager.Register(\"Counter\", static () => new object()); BaseManager.Register(\"Other\", static (int n) => new List<int>(n));")]
    public void Snippet_AsUsersWriteIt_Compiles(string statements) => Errors(statements).ShouldBeEmpty(statements);

    [Theory]
    [InlineData("Mp.Process(Square, \"no number\");")]
    [InlineData("Mp.Process(static (a, b, c) => { }, 1);")]
    [InlineData("int r = pool.Apply(Work);")]
    [InlineData("int r = pool.Apply(static s => Console.WriteLine(s), \"text\");")]
    [InlineData("int[] r = pool.Map(Square, [\"a\"]);")]
    [InlineData("string[] r = pool.Map(Square, xs);")]
    [InlineData("dictionary.Update(\"a\", x => \"b\");")]
    public void Snippet_ThatCouldNotWork_DoesNotCompile(string statements) => Errors(statements).ShouldNotBeEmpty(statements);

    private static string[] Errors(string statements)
    {
        var tree = CSharpSyntaxTree.ParseText(
            $"{Setting}{Environment.NewLine}{statements}{Environment.NewLine}}} }}", new CSharpParseOptions(LanguageVersion.CSharp14),
            cancellationToken: TestContext.Current.CancellationToken);
        var compilation = CSharpCompilation.Create("snippet", [tree], s_references, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        return [.. compilation.GetDiagnostics(TestContext.Current.CancellationToken).Where(static found =>
            found.Severity == DiagnosticSeverity.Error).Select(static found => found.GetMessage())];
    }
}
