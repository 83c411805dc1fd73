using Multiproc.Pool;

namespace Multiproc.Tests.States;

/// <summary>
/// Random lives of a pool: workers come, do chunks, give chunks back, die in the middle of them, are replaced after so many tasks; jobs come, get more
/// input, are cancelled; the pool grows and shrinks. The model is a book of tasks: each is done or lost exactly once, none is in two hands, every job comes
/// to its end, and the pool keeps its size.
/// </summary>
public sealed class PoolHistoryTests
{
    private enum Kind
    {
        Submit,
        More,
        Ready,
        FailStart,
        Done,
        Die,
        Cancel,
        Grace,
        Tick,
        GiveBack,
        Resize,
        Close,
    }

    [Fact]
    public void Step_RandomHistories_EveryTaskOnceAndEveryJobEnds() =>
        Histories.Check(seed: 31, histories: 8000, length: 50, Random, static moves => new Life(moves).Play(moves));

    [Fact]
    public void Step_SameHistoryTwice_GivesTheSameTranscript() =>
        Histories.Check(seed: 32, histories: 400, length: 50, Random, static moves => new Life(moves).Play(moves).ShouldBe(new Life(moves).Play(moves)));

    private static Move Random(Random random)
    {
        int dice = random.Next(52);
        var kind = dice switch
        {
            < 6 => Kind.Submit,
            < 9 => Kind.More,
            < 15 => Kind.Ready,
            < 18 => Kind.FailStart,
            < 31 => Kind.Done,
            < 36 => Kind.Die,
            < 39 => Kind.Cancel,
            < 41 => Kind.Grace,
            < 45 => Kind.Tick,
            < 48 => Kind.GiveBack,
            < 51 => Kind.Resize,
            _ => Kind.Close,
        };
        return new Move(kind, random.Next(100), random.Next(12));
    }

    private readonly record struct Move(Kind Kind, int Which, int Number);

    private sealed class Life(IReadOnlyList<Move> moves)
    {
        private const int Attempts = 3;
        private const int Retries = 2;

        private readonly int? _tasksPerWorker = moves.Count > 0 && moves[0].Number % 3 == 0 ? 4 : null;
        private readonly PoolScript _script = new(Attempts, moves.Count > 0 && moves[0].Number % 3 == 0 ? 4 : null);
        private readonly HashSet<int> _asked = [];
        private readonly Queue<PoolEffect.Remind> _reminders = new();
        private readonly Dictionary<int, int> _given = [];
        private readonly Dictionary<int, Book> _jobs = [];
        private readonly List<int> _workers = [];
        private readonly HashSet<int> _retired = [];
        private int _starting = 2;
        private int _lastJob;
        private int _lastWorker;
        private int _size = 2;
        private bool _ticking;
        private bool _closed;
        private bool _broken;

        public string Play(IReadOnlyList<Move> moves)
        {
            foreach (var move in moves)
            {
                Do(move);
            }

            Finish();
            return _script.Transcript;
        }

        private void Do(Move move)
        {
            int worker = _workers.Count > 0 ? _workers[move.Which % _workers.Count] : 0;
            switch (move.Kind)
            {
                case Kind.Submit when !_closed:
                    bool ended = move.Number % 3 > 0;
                    int retries = move.Which % 2 * Retries;
                    _jobs.Add(++_lastJob, new Book { Tasks = 3 * move.Number, Ended = ended, Dropped = _broken, Retries = retries });
                    Look(_script.Submit(_lastJob, 3 * move.Number, 1 + (move.Which % 4), ended, retries, single: move.Which % 5 == 0, adaptive: move.Which % 3 == 0));
                    break;
                case Kind.More when Some(move.Which) is { Value: { Ended: false, Dropped: false } job } open:
                    job.Tasks += move.Number;
                    job.Ended = move.Which % 2 == 0;
                    Look(_script.MoreInput(open.Key, job.Tasks, job.Ended));
                    break;
                case Kind.Ready when _starting > 0:
                    Begin();
                    break;
                case Kind.FailStart when _starting > 0:
                    _starting--;
                    Look(_script.Dies(++_lastWorker));
                    break;
                case Kind.Done when _script.InHandOf(worker).Count > 0:
                    RunChunk(worker, milliseconds: Math.Max(0, move.Number - 7));
                    break;
                case Kind.Die when worker > 0:
                    Die(worker, move.Number, onPurpose: move.Which % 7 == 0);
                    break;
                case Kind.Tick when _ticking:
                    _ticking = false;
                    Look(_script.Tick());
                    break;
                case Kind.GiveBack when _asked.Count > 0:
                    int asked = _asked.ElementAt(move.Which % _asked.Count);
                    _asked.Remove(asked);
                    GiveBack(asked, except: Math.Min(_script.InHandOf(asked).Count, move.Number % 3));
                    break;
                case Kind.Grace when _reminders.TryDequeue(out var reminder):
                    Look(_script.GraceOver(reminder.Job, reminder.Last));
                    break;
                case Kind.Resize when !_closed && !_broken:
                    int by = Math.Max(1 - _size, (move.Number % 5) - 2);
                    _size += by;
                    Look(_script.Resize(by));
                    break;
                case Kind.Cancel when Some(move.Which) is { Value: not null } cancelled:
                    cancelled.Value.Dropped = true;
                    Look(_script.Cancel(cancelled.Key, stop: move.Number % 2 == 0));
                    break;
                case Kind.Close:
                    _closed = true;
                    Look(_script.Close());
                    break;
            }
        }

        private KeyValuePair<int, Book> Some(int which)
        {
            var open = _jobs.Where(static job => !job.Value.Finished).ToList();
            return open.Count > 0 ? open[which % open.Count] : default;
        }

        private void Begin()
        {
            _starting--;
            _workers.Add(++_lastWorker);
            _given.Add(_lastWorker, 0);
            Look(_script.Ready(_lastWorker));
        }

        private void RunChunk(int worker, int milliseconds)
        {
            var chunk = _script.InHandOf(worker)[0];
            _jobs[chunk.Job].End(chunk.First, chunk.Count);
            Look(_script.Done(worker, milliseconds));
        }

        private void GiveBack(int worker, int except)
        {
            foreach (var chunk in _script.InHandOf(worker).Skip(except))
            {
                _jobs[chunk.Job].PutBack(chunk.First, chunk.Count);
                _given[worker] -= chunk.Count;
            }

            Look(_script.GivesBack(worker, except));
        }

        private void Die(int worker, int number, bool onPurpose)
        {
            _workers.Remove(worker);
            _asked.Remove(worker);
            var hand = _script.InHandOf(worker).ToList();
            int done = 0;
            if (hand.Count > 0)
            {
                done = number % (hand[0].Count + 1);
                _jobs[hand[0].Job].End(hand[0].First, done);
            }

            foreach (var chunk in hand)
            {
                _jobs[chunk.Job].PutBack(chunk.First, chunk.Count);
            }

            Look(_script.Dies(worker, done, started: hand.Count > 0 && (done > 0 || number > 5), onPurpose));
        }

        private void Look(PoolScript script)
        {
            foreach (var effect in script.Effects)
            {
                switch (effect)
                {
                    case PoolEffect.Send send:
                        Require(_workers.Contains(send.Worker) && !_retired.Contains(send.Worker), $"{send} goes to a worker that is not there");
                        _given[send.Worker] += send.Count;
                        Require(_given[send.Worker] <= (_tasksPerWorker ?? int.MaxValue), $"{send} is more than the worker may be given");
                        Require(!_jobs[send.Job].Dropped, $"{send} is of a job that nobody wants");
                        Require(_jobs[send.Job].TryTakeInHand(send.First, send.Count), $"{send} is done, lost, or in another hand");
                        break;
                    case PoolEffect.TaskLost lost:
                        Require(_jobs[lost.Job].MayLose(lost.Task, _script.LastWasOnPurpose), $"{lost} might have been run again");
                        _jobs[lost.Job].End(lost.Task, 1);
                        break;
                    case PoolEffect.TaskRetried retried:
                        Require(_jobs[retried.Job].MayRetry(retried.Task), $"{retried} was run too often");
                        break;
                    case PoolEffect.TickSoon:
                        Require(!_ticking, "a second tick while one is on its way");
                        _ticking = true;
                        break;
                    case PoolEffect.TakeBack back:
                        Require(_script.InHandOf(back.Worker).Count > 1 && _asked.Add(back.Worker), $"{back} has nothing to give back, or was asked already");
                        break;
                    case PoolEffect.Remind remind:
                        _reminders.Enqueue(remind);
                        break;
                    case PoolEffect.StopWorker stop:
                        Require(_script.InHandOf(stop.Worker)[0].Job == stop.Job && _jobs[stop.Job].Dropped, $"{stop} ends the work of another job");
                        break;
                    case PoolEffect.JobRefused refused:
                        Assert.Fail($"{refused}, but the pool is open");
                        break;
                    case PoolEffect.JobFinished finished:
                        Require(_jobs[finished.Job].TryFinish(), $"{finished} came too early, or twice");
                        break;
                    case PoolEffect.StartWorker:
                        _starting++;
                        break;
                    case PoolEffect.RetireWorker retire:
                        Require(_retired.Add(retire.Worker) && _script.InHandOf(retire.Worker).Count == 0, $"{retire} came twice, or too early");
                        break;
                    case PoolEffect.Broken:
                        _broken = true;
                        _jobs.Values.ToList().ForEach(static job => job.Dropped = true);
                        break;
                }
            }

            bool somebodyIsIdle = _workers.Exists(worker => _script.InHandOf(worker).Count == 0 && !_retired.Contains(worker) && _given[worker] < (_tasksPerWorker ?? int.MaxValue));
            bool somethingWaits = _workers.Exists(worker => _script.InHandOf(worker).Count > 1 && !_asked.Contains(worker) && _script.HasGotOnSinceAsked(worker));
            Require(!(somebodyIsIdle && somethingWaits) || _ticking, "a worker is idle, chunks wait behind another, and nobody will look");
        }

        /// <summary>Given workers that start, do their work and do not die, all jobs end.</summary>
        private void Finish()
        {
            foreach (var (id, _) in _jobs.Where(static job => job.Value is { Ended: false, Dropped: false, Finished: false }).ToList())
            {
                _jobs[id].Ended = true;
                Look(_script.MoreInput(id, _jobs[id].Tasks, ended: true));
            }

            do
            {
                while (_starting > 0)
                {
                    Begin();
                }

                while (_workers.Find(worker => _script.InHandOf(worker).Count > 0) is var busy and > 0)
                {
                    RunChunk(busy, 1);
                }
            }
            while (_starting > 0);

            Require(_jobs.Values.All(static job => job.Finished), "a job never ends");
            Require(_closed || _broken || _workers.Count - _retired.Count(_workers.Contains) == _size, $"there are not {_size} workers");
        }

        private void Require(bool condition, string expectation)
        {
            if (!condition)
            {
                Assert.Fail($"{expectation}, after:\n{_script.Transcript}");
            }
        }
    }

    /// <summary>What has become of a job's tasks.</summary>
    private sealed class Book
    {
        private readonly HashSet<long> _inHand = [];
        private readonly HashSet<long> _over = [];
        private readonly Dictionary<long, int> _deaths = [];

        public long Tasks { get; set; }

        public bool Ended { get; set; }

        public bool Dropped { get; set; }

        public bool Finished { get; private set; }

        public int Retries { get; init; }

        /// <summary>Counts a death; whether the task may be run once more.</summary>
        public bool MayRetry(long task)
        {
            _deaths[task] = _deaths.GetValueOrDefault(task) + 1;
            return _deaths[task] <= Retries;
        }

        /// <summary>Whether it is right that it is given up.</summary>
        public bool MayLose(long task, bool onPurpose) => onPurpose || Dropped || _deaths.GetValueOrDefault(task) >= Retries;

        public bool TryTakeInHand(long first, int count) =>
            count > 0 && Range(first, count).All(task => task < Tasks && !_over.Contains(task) && _inHand.Add(task));

        public void End(long first, int count)
        {
            foreach (long task in Range(first, count))
            {
                _over.Add(task).ShouldBeTrue($"task {task} ended twice");
                _inHand.Remove(task);
            }
        }

        public void PutBack(long first, int count) => _inHand.ExceptWith(Range(first, count));

        public bool TryFinish()
        {
            bool right = !Finished && _inHand.Count == 0 && (Dropped || (Ended && _over.Count == Tasks));
            Finished = true;
            return right;
        }

        private static IEnumerable<long> Range(long first, int count) => Enumerable.Range(0, count).Select(i => first + i);
    }
}
