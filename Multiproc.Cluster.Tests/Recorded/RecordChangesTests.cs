using Multiproc.Cluster.Recorded;
using Multiproc.Serialization;
using Multiproc.Tests.Support;

namespace Multiproc.Cluster.Tests.Recorded;

/// <summary>Changes of one record by many callers of one process, while others change it too.</summary>
public sealed class RecordChangesTests
{
    private static readonly TimeSpan s_bound = TimeSpan.FromSeconds(30);

    private readonly SlowStore _store = new();
    private readonly RecordChanges<int[]> _changes;

    public RecordChangesTests() => _changes = new RecordChanges<int[]>(_store);

    [Fact]
    public async Task Changes_WhileOneIsOnItsWay_GoTogether()
    {
        var first = AddAsync(0);
        await _store.StepAsync(); // The first one reads, and is on its way.
        await _store.AwaitPendingAsync();
        Task<int>[] others = [.. Enumerable.Range(1, 20).Select(AddAsync)];
        _store.RunFreely();
        (await Task.WhenAll([first, .. others]).WaitAsync(s_bound)).Order().ShouldBe(Enumerable.Range(0, 21));
        _store.Replacements.ShouldBe(2, "all that came meanwhile are one step");
        _store.Record.Order().ShouldBe(Enumerable.Range(0, 21));
    }

    [Fact]
    public async Task Change_ThatIsRefused_IsComputedAgain_WithAllThatFollowIt()
    {
        _store.RunFreely();
        await AddAsync(0).WaitAsync(s_bound);
        _store.Pause();
        var first = AddAsync(1);
        await _store.AwaitPendingAsync();
        var second = AddAsync(2);
        _store.ChangeFromOutside(100);
        _store.RunFreely();
        int[] places = await Task.WhenAll(first, second).WaitAsync(s_bound);
        places.Order().ShouldBe([2, 3]);
        _store.Record[..2].ShouldBe([0, 100]);
        _store.Record[2..].Order().ShouldBe([1, 2]);
    }

    [Fact]
    public async Task Look_ThatChangesNothing_SeesWhatOthersHaveDone_AndWritesNothing()
    {
        _store.RunFreely();
        await AddAsync(0).WaitAsync(s_bound);
        _store.ChangeFromOutside(7);
        (await _changes.MakeAsync(static all => ValueTask.FromResult((all, all.Length)), CancellationToken.None)).ShouldBe(2);
        _changes.Make(static all => (all, all[1])).ShouldBe(7);
        _store.Replacements.ShouldBe(1);
    }

    [Fact]
    public async Task Change_ThatThrows_ChangesNothing_AndHindersNobody()
    {
        _store.RunFreely();
        await Should.ThrowAsync<InvalidDataException>(
            async () => await _changes.MakeAsync<int>(static _ => throw new InvalidDataException(), CancellationToken.None));
        Should.Throw<InvalidDataException>(() => _changes.Make<int>(static _ => throw new InvalidDataException()));
        (await AddAsync(1).WaitAsync(s_bound)).ShouldBe(0);
    }

    [Fact]
    public async Task Store_ThatFails_FailsAllThatGoTogether_AndNoLaterOnes()
    {
        _store.RunFreely();
        await AddAsync(0).WaitAsync(s_bound);
        _store.Pause();
        var first = AddAsync(1);
        await _store.AwaitPendingAsync();
        Task<int>[] others = [AddAsync(2), AddAsync(3)];
        _store.FailNext(2);
        _store.RunFreely();
        foreach (var each in (Task<int>[])[first, .. others])
        {
            await Should.ThrowAsync<IOException>(async () => await each.WaitAsync(s_bound));
        }

        (await AddAsync(4).WaitAsync(s_bound)).ShouldBe(1);
        _store.Record.ShouldBe([0, 4]);
    }

    [Fact]
    public async Task Change_OfTheSameRecordInsideAChange_IsRefused()
    {
        _store.RunFreely();
        var other = new RecordChanges<int[]>(new SlowStore(isFree: true));
        Should.Throw<InvalidOperationException>(() => _changes.Make(_ => other.Make(all => (all, _changes.Make(static each => (each, each)))).Length is var n
            ? (new int[n], n) : default)).Message.ShouldContain("calls the object itself");
        await Should.ThrowAsync<InvalidOperationException>(async () => await _changes.MakeAsync(
            async all => (all, await AddAsync(1)), CancellationToken.None));
        _changes.Make(all => (all, other.Make(static each => (each, each.Length)))).ShouldBe(0);
        _changes.Make(static all => (all, all.Length)).ShouldBe(0, "nothing of it has stayed");
    }

    [Fact]
    public async Task Cancellation_WhileOnItsWay_EndsTheWaitAlone()
    {
        _store.RunFreely();
        await AddAsync(0).WaitAsync(s_bound);
        _store.Pause();
        using var cancelled = new CancellationTokenSource();
        var given = _changes.MakeAsync(static all => ValueTask.FromResult<(int[], int)>(([.. all, 1], 1)), cancelled.Token).AsTask();
        await _store.AwaitPendingAsync();
        var joined = AddAsync(2);
        await cancelled.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(async () => await given.WaitAsync(s_bound));
        _store.RunFreely();
        await joined.WaitAsync(s_bound);
        _store.Record.ShouldBe([0, 1, 2]);
    }

    /// <summary>Each change is made once, whoever else is at work and whatever is refused: the same is checked for blocking callers.</summary>
    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, true)]
    [InlineData(4, true)]
    public async Task Changes_OfManyProcesses_AreMadeOnceEach(int seed, bool blocks)
    {
        const int Callers = 12;
        const int Each = 25;
        _store.RunFreely(disturbances: new Random(seed));
        RecordChanges<int[]>[] processes = [_changes, new(_store), new(_store)];
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller =>
            blocks ? OwnThread.Run(() => CallAsync(caller).GetAwaiter().GetResult()) : Task.Run(() => CallAsync(caller)))).WaitAsync(s_bound);
        _store.Record.Where(static item => item >= 0).Order().ShouldBe(Enumerable.Range(0, Callers * Each));

        async Task CallAsync(int caller)
        {
            var process = processes[caller % processes.Length];
            for (int i = 0; i < Each; i++)
            {
                int item = (caller * Each) + i;
                int place = blocks
                    ? process.Make(all => ((int[])[.. all, item], all.Length))
                    : await process.MakeAsync(all => ValueTask.FromResult(((int[])[.. all, item], all.Length)), CancellationToken.None);
                _store.Record[place].ShouldBe(item, "it is where the caller was told that it is");
            }
        }
    }

    private Task<int> AddAsync(int item) =>
        _changes.MakeAsync(all => ValueTask.FromResult(((int[])[.. all, item], all.Length)), CancellationToken.None).AsTask();

    /// <summary>A store that a test lets go on step by step, or freely, and that others change.</summary>
    private sealed class SlowStore(bool isFree = false) : IRecordStore<int[]>
    {
        private readonly Lock _gate = new();
        private readonly SemaphoreSlim _pending = new(0);
        private readonly Queue<TaskCompletionSource> _waiting = new();
        private int[] _record = [];
        private bool _isFree = isFree;
        private int _failures;
        private Random? _disturbances;
        private int _outside;

        public int Replacements { get; private set; }

        public int[] Record
        {
            get
            {
                lock (_gate)
                {
                    return _record;
                }
            }
        }

        public Payload Pack(int[] record) => Serializer.Pack(record);

        public Payload Read() => ReadAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult();

        public async ValueTask<Payload> ReadAsync(CancellationToken cancellation)
        {
            await TurnAsync();
            return Pack(Record);
        }

        public bool TryReplace(Payload known, Payload next) => TryReplaceAsync(known, next).AsTask().GetAwaiter().GetResult();

        public async ValueTask<bool> TryReplaceAsync(Payload known, Payload next)
        {
            await TurnAsync();
            lock (_gate)
            {
                if (_failures > 0)
                {
                    _failures--;
                    throw new IOException("on purpose");
                }

                if (Serializer.Pack(_record) != known)
                {
                    return false;
                }

                _record = Serializer.Unpack<int[]>(next);
                Replacements++;
                return true;
            }
        }

        public void Pause()
        {
            lock (_gate)
            {
                _isFree = false;
            }
        }

        public void RunFreely(Random? disturbances = null)
        {
            lock (_gate)
            {
                _isFree = true;
                _disturbances = disturbances;
                while (_waiting.TryDequeue(out var next))
                {
                    next.SetResult();
                }
            }
        }

        /// <summary>Lets one operation happen that waits, or the next one.</summary>
        public async Task StepAsync()
        {
            await AwaitPendingAsync();
            lock (_gate)
            {
                _waiting.Dequeue().SetResult();
            }
        }

        public async Task AwaitPendingAsync() => (await _pending.WaitAsync(s_bound)).ShouldBeTrue("an operation waits");

        public void FailNext(int count) => _failures = count;

        public void ChangeFromOutside(int item)
        {
            lock (_gate)
            {
                _record = [.. _record, item];
            }
        }

        private async Task TurnAsync()
        {
            Task turn;
            lock (_gate)
            {
                if (_disturbances?.Next(10) == 0)
                {
                    ChangeFromOutside(--_outside);
                }

                if (_isFree)
                {
                    turn = Task.CompletedTask;
                }
                else
                {
                    var waits = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                    _waiting.Enqueue(waits);
                    _pending.Release();
                    turn = waits.Task;
                }
            }

            await turn;
            await Task.Yield();
        }
    }
}
