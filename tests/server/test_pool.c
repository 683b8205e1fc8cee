#include "support.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "server/pool.h"

typedef struct job {
    atomic_size_t next;
    atomic_uint done[1000];
    atomic_uint members[PV_POOL_MEMBERS_MAX];
} job;

static void work(void *context, size_t member)
{
    job *shared = context;
    size_t item;
    atomic_fetch_add(&shared->members[member], 1);
    while ((item = atomic_fetch_add(&shared->next, 1)) < 1000)
        atomic_fetch_add(&shared->done[item], 1);
}

static void check(const job *shared, size_t members)
{
    for (size_t i = 0; i < 1000; i++)
        assert_int_equal(atomic_load(&shared->done[i]), 1);
    assert_int_equal(atomic_load(&shared->members[0]), 1);
    for (size_t i = 1; i < PV_POOL_MEMBERS_MAX; i++)
        assert_true(atomic_load(&shared->members[i]) <= (i < members ? 1 : 0));
}

static void every_item_is_done_once(void **state)
{
    (void)state;
    for (size_t members = 2; members <= PV_POOL_MEMBERS_MAX; members += 7) {
        pv_pool *pool = NULL;
        assert_ok(pv_pool_create(members, &pool));
        for (int round = 0; round < 200; round++) {
            job shared = {0};
            assert_true(pv_pool_run(pool, work, &shared));
            check(&shared, members);
        }
        pv_pool_destroy(pool);
    }
}

static void alone_there_is_nobody_to_help(void **state)
{
    (void)state;
    pv_pool *pool = NULL;
    job shared = {0};
    assert_ok(pv_pool_create(1, &pool));
    assert_false(pv_pool_run(pool, work, &shared));
    assert_false(pv_pool_run(NULL, work, &shared));
    assert_int_equal(atomic_load(&shared.next), 0);
    pv_pool_destroy(pool);
    pv_pool_destroy(NULL);
}

typedef struct nested {
    pv_pool *pool;
    atomic_uint refused;
} nested;

static void run_inside(void *context, size_t member)
{
    (void)member;
    nested *outer = context;
    job shared = {0};
    if (!pv_pool_run(outer->pool, work, &shared))
        atomic_fetch_add(&outer->refused, 1);
}

static void *run_beside(void *context)
{
    run_inside(context, 0);
    return NULL;
}

static void ask_from_another_thread(void *context, size_t member)
{
    pthread_t thread;
    if (member == 0 && pthread_create(&thread, NULL, run_beside, context) == 0)
        pthread_join(thread, NULL);
}

static void a_busy_pool_says_so(void **state)
{
    (void)state;
    nested outer = {0};
    assert_ok(pv_pool_create(2, &outer.pool));
    assert_true(pv_pool_run(outer.pool, ask_from_another_thread, &outer));
    assert_int_equal(atomic_load(&outer.refused), 1);
    pv_pool_destroy(outer.pool);
}

static void member_counts_are_checked(void **state)
{
    (void)state;
    pv_pool *pool = NULL;
    assert_int_equal(pv_pool_create(0, &pool), PV_ERROR_ARGUMENT);
    assert_int_equal(pv_pool_create(PV_POOL_MEMBERS_MAX + 1, &pool), PV_ERROR_ARGUMENT);
    assert_null(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_item_is_done_once),
        cmocka_unit_test(alone_there_is_nobody_to_help),
        cmocka_unit_test(a_busy_pool_says_so),
        cmocka_unit_test(member_counts_are_checked),
    };
    return cmocka_run_group_tests_name("pool", tests, NULL, NULL);
}
