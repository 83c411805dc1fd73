using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Analyzers;

/// <summary>Each rule by examples: what it reports stands between [| and |], and nothing else is reported.</summary>
public sealed partial class AnalyzerTests
{
    [Theory]
    // Changed copies.
    [InlineData("MP001", "[|lists[\"x\"].Add(2)|];")]
    [InlineData("MP001", "lists[\"x\"]?[|.Add(2)|];")]
    [InlineData("MP001", "[|lists.Get(\"x\", []).Clear()|];")]
    [InlineData("MP001", "[|(await box.GetAsync()).Clear()|];")]
    [InlineData("MP001", "[|list[0].Name = \"y\"|];")]
    [InlineData("MP001", "[|people[\"x\"].Name += \"y\"|];")]
    [InlineData("MP001", "[|lists[\"x\"][0] = 5|]; [|lists[\"x\"][0]++|];")]
    [InlineData("MP001", "[|box.Value.Add(1)|]; [|box.Get().Sort()|];")]
    [InlineData("MP001", "[|names.Get<StringBuilder>(\"x\").Append('y')|];")]
    [InlineData("MP001", "[|list[..2].Clear()|];")]
    // Two steps.
    [InlineData("MP002", "[|value.Value++|]; [|--value.Value|]; [|value.Value += 2|];")]
    [InlineData("MP002", "[|value.Value = value.Value + 1|]; [|value.Value = Math.Max(3, value.Value)|];")]
    [InlineData("MP002", "[|array[0]++|]; [|array[1] += 2|]; [|counts[\"x\"]++|]; [|numbers[0] -= 1|]; [|proxy.Value++|];")]
    [InlineData("MP002", "[|names[\"x\"] ??= 1|];")]
    [InlineData("MP002", "lock (this) { [|value.Value++|]; }")]
    [InlineData("MP002", "using (gate.Hold()) { value.Value++; } [|value.Value++|];")]
    [InlineData("MP002", "[|value.Value++|]; using var hold = gate.Hold();")]
    [InlineData("MP002", "{ using var hold = gate.Hold(); } [|value.Value++|];")]
    // Captures that cannot be sent.
    [InlineData("MP003", "using var log = File.Create(\"x\"); Mp.Process(() => [|log|].WriteByte(1));")]
    [InlineData("MP003", "var http = new HttpClient(); pool.Map(x => [|http|].Timeout.Seconds + x, [1]);")]
    [InlineData("MP003", "var task = Task.FromResult(1); pool.Apply(() => [|task|].Result + task.Id);")]
    [InlineData("MP003", "using var source = new CancellationTokenSource(); Mp.Process(() => [|source|].Cancel());")]
    [InlineData("MP003", "Mp.Process(() => [|token|].ThrowIfCancellationRequested());")]
    [InlineData("MP003", "using var slim = new SemaphoreSlim(1); pool.ApplyAsync(x => x + [|slim|].CurrentCount, 1);")]
    [InlineData("MP003", "var lazy = new Lazy<int>(1); pool.Imap(x => x + [|lazy|].Value, [1]); proxies.Map(x => x + [|lazy|].Value, [1]);")]
    [InlineData("MP003", "pool.Map(x => [|pool|].Apply(() => 1), [1]);")]
    [InlineData("MP003", "var job = new Job(); pool.Apply(() => [|job|].Id);")]
    [InlineData("MP003", "int x = 1; var log = Stream.Null; pool.Apply([|() => x|]); Action flush = () => log.Flush(); flush();")]
    [InlineData("MP003", "int x = 1; var later = pool.ApplyAsync([|() => x|]); Func<Task<int>> wait = () => later; await wait();")]
    [InlineData("MP003", "Mp.Process(() => [|_number|].ToString());")]
    [InlineData("MP003", "Mp.Process([|Instance|]);")]
    [InlineData("MP003", "var process = Process.GetCurrentProcess(); manager.Start(() => [|process|].Refresh());")]
    // Forgotten holds.
    [InlineData("MP004", "[|gate.Hold();|] [|rgate.Hold(token);|] [|semaphore.Hold();|] [|value.Hold();|] [|value.GetLock().Hold();|] [|condition.Hold();|]")]
    [InlineData("MP004", "[|_ = gate.Hold();|] [|await gate.HoldAsync();|] [|_ = await gate.HoldAsync();|] [|queue.Lease();|]")]
    [InlineData("MP004", "var [|hold = gate.Hold()|]; Console.WriteLine();")]
    [InlineData("MP004", "if (token.IsCancellationRequested) [|gate.Hold();|]")]
    // Static fields.
    [InlineData("MP005", "Mp.Process(() => { [|s_count++|]; });")]
    [InlineData("MP005", "pool.Map(x => [|s_count = x|], [1]); pool.Apply(static () => { [|Property = 1|]; });")]
    [InlineData("MP005", "Mp.Process([|Count|]);")]
    // Changed captures.
    [InlineData("MP006", "int sum = 0; pool.Apply(() => { [|sum++|]; });")]
    [InlineData("MP006", "int x = 1; var p = Mp.Process(() => Console.WriteLine(x)); [|x = 2|]; p.Start();")]
    // Asynchronous actions.
    [InlineData("MP007", "Mp.Barrier(2, [|async () => await Task.Yield()|]);")]
    [InlineData("MP007", "Mp.Pool(1, finalizer: [|async () => await Task.Yield()|]); manager.Start([|Forget|]);")]
    [InlineData("MP007", "_ = new PoolOptions { OnWorkerDeath = [|async death => await Task.Yield()|] };")]
    public async Task Rule_ReportsWhatIsMarked(string id, string marked)
    {
        var found = await Snippet.Diagnose(Marks().Replace(marked, ""));
        found.Select(static each => each.Text).ShouldBe(Marked().Matches(marked).Select(static match => match.Groups["text"].Value), marked);
        found.Select(static each => each.Id).Distinct().ShouldBe([id]);
        found.ShouldAllBe(static each => each.Found.GetMessage().Length > 40);
    }

    [Theory]
    [InlineData("var copy = lists[\"x\"]; copy.Add(2); lists[\"x\"] = copy;")]
    [InlineData("lists.Update(\"x\", own => own.Add(2)); lists[\"x\"] = [1]; lists.Add(\"y\", []); list.Add(new Person()); numbers.Clear();")]
    [InlineData("queue.Get().ToString(); people[\"x\"].Name.Trim(); int n = lists[\"x\"].Count; bool c = lists[\"x\"].Contains(1);")]
    [InlineData("using var nested = Mp.Dictionary<string, ListProxy<int>>(); nested[\"x\"].Add(2);")]
    [InlineData("var local = new Dictionary<string, List<int>>(); local[\"x\"].Add(1); local[\"x\"][0]++;")]
    [InlineData("value.Increment(); value.Add(2); array.Increment(0); counts.Increment(\"x\", 1); numbers.Update(0, x => x + 1);")]
    [InlineData("value.Value = 3; array[0] = array[1];")]
    [InlineData("using (gate.Hold()) { value.Value++; array[0] += 1; }")]
    [InlineData("using (value.GetLock().Hold()) { value.Value *= 2; } using (value.Hold()) { value.Value *= 2; }")]
    [InlineData("using var hold = await gate.HoldAsync(); { value.Value++; }")]
    [InlineData("gate.Acquire(); try { counts[\"x\"]++; } finally { gate.Release(); }")]
    [InlineData("if (gate.TryAcquire()) { value.Value++; gate.Release(); }")]
    [InlineData("counts.Transact(all => { all[\"x\"] = all[\"x\"] + 1; });")]
    [InlineData("int number = 5; string text = \"\"; pool.Map(x => x + number + text.Length, [1]); Mp.Process(q => q.Put(number), queue);")]
    [InlineData("using var memory = new MemoryStream(); pool.Apply(() => memory.Length); var quiet = new Quiet(); pool.Apply(() => quiet.Id);")]
    [InlineData("using var log = File.Create(\"x\"); pool.ApplyAsync(static x => x, 1, callback: x => log.WriteByte(1), errorCallback: e => log.Flush());")]
    [InlineData("using var log = File.Create(\"x\"); pool.Aggregate([1], 0, static (sum, x) => sum + x, (a, b) => { log.Flush(); return a + b; });")]
    [InlineData("using var log = File.Create(\"x\"); pool.Map(static x => { using var own = File.Create(\"y\"); return x; }, [1]); log.Flush();")]
    [InlineData("{ int x = 1; pool.Apply(() => x); } { var log = Stream.Null; Action flush = () => log.Flush(); flush(); }")]
    [InlineData("var log = Stream.Null; pool.Apply(static () => 1); Action flush = () => log.Flush(); flush();")]
    [InlineData("pool.Map(static (x, stop) => { stop.ThrowIfCancellationRequested(); return x; }, [1], cancellation: token);")]
    [InlineData("using (gate.Hold()) { } using var a = gate.Hold(); await using var b = await condition.HoldAsync(); using var c = queue.Lease();")]
    [InlineData("var hold = gate.Hold(); try { } finally { hold.Dispose(); } LockHold Give() => gate.Hold(); using var d = Give();")]
    [InlineData("gate.Acquire(); gate.TryAcquire(); queue.TryLease(out var lease); lease?.Dispose();")]
    [InlineData("s_count++; Property = 2; Mp.Process(CountNothing); pool.Map(static x => s_count + x, [1]); Mp.Process(static () => { t_count = 1; });")]
    [InlineData("Mp.Pool(1, initializer: static () => s_count = 5, finalizer: static () => s_count = 0);")]
    [InlineData("int x = 1; x = 2; var p = Mp.Process(() => Console.WriteLine(x)); p.Start(); int y = 0; pool.Apply(() => y); y = 3;")]
    [InlineData("pool.Map(x => { int own = 0; own += x; x++; return own; }, [1]); int seen = 0; pool.ApplyAsync(static x => x, 1, callback: x => seen = x);")]
    [InlineData("Mp.Process(static async () => await Task.Yield()); Mp.Process(async s => { await Task.Yield(); }, \"x\"); Mp.Barrier(2, () => { });")]
    [InlineData("Action free = async () => await Task.Yield(); free();")]
    public async Task Rule_OfWhatIsRight_SaysNothing(string statements) =>
        (await Snippet.Diagnose(statements)).Select(static each => $"{each.Id}: {each.Text}").ShouldBeEmpty(statements);

    [Fact]
    public void EveryRule_HasASectionOfThePage_AndALinkToIt()
    {
        string page = File.ReadAllText(Repository.Path("docs", "analyzers.md"));
        var rules = Snippet.All.SelectMany(static each => each.SupportedDiagnostics).OrderBy(static rule => rule.Id, StringComparer.Ordinal).ToList();
        rules.Select(static rule => rule.Id).ShouldBe(["MP001", "MP002", "MP003", "MP004", "MP005", "MP006", "MP007"]);
        foreach (var rule in rules)
        {
            page.ShouldContain($"\n## {rule.Id}\n");
            page.ShouldContain($"| [{rule.Id}](#{rule.Id.ToLowerInvariant()}) | {rule.DefaultSeverity.ToString().ToLowerInvariant()} |");
            rule.HelpLinkUri.ShouldEndWith($"docs/analyzers.md#{rule.Id.ToLowerInvariant()}");
        }

        rules.Where(static rule => rule.DefaultSeverity == DiagnosticSeverity.Info).Select(static rule => rule.Id).ShouldBe(["MP005", "MP006"]);
    }

    [GeneratedRegex(@"\[\||\|\]", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Marks();

    [GeneratedRegex(@"\[\|(?<text>.*?)\|\]", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Marked();
}
